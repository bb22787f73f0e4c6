package org.isthmus.client;

/**
 * What is shown at `Admin.Login`.
 *
 * @param tag such as `user-admin`, `machine-0`, `unit-mysql-0`
 * @param nonce of a machine's provisioning; null for others
 */
public record Login(String tag, String password, String nonce) {

    public static Login user(String name, String password) {
        return new Login("user-" + name, password, null);
    }

    public static Login agent(String tag, String password, String nonce) {
        return new Login(tag, password, nonce);
    }

    /** For the calls between controllers, whose authority is in their arguments. */
    public static Login anonymous() {
        return new Login("user-jujuanonymous", "", null);
    }

    /** Never shows the password. */
    @Override
    public String toString() {
        return tag;
    }
}
