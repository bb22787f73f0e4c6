package org.isthmus.itests.stories;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.isthmus.itests.harness.Distribution;
import org.isthmus.itests.harness.Greeting;
import org.isthmus.itests.harness.Result;
import org.junit.ClassRule;
import org.junit.FixMethodOrder;
import org.junit.Test;
import org.junit.runners.MethodSorters;

/** Users come, get rights, lose them and go. Bob has client files of his own. Each test goes on where the one before ended. */
@FixMethodOrder(MethodSorters.NAME_ASCENDING)
public class UsersStoryTest {
    @ClassRule
    public static final Distribution isthmus = new Distribution("users");

    private static final Duration SOON = Duration.ofSeconds(90);

    private static Result bob(String line) {
        return isthmus.type("export JUJU_DATA=$PWD/bob; " + line);
    }

    @Test
    public void test1_aTokenLetsAUserInOnce() {
        isthmus.juju("bootstrap", "localhost", "home").ok();
        isthmus.juju("add-model", "shop").ok();
        String added = isthmus.juju("add-user", "bob", "Bob Brown").ok().out();
        assertTrue(added, added.startsWith("User \"Bob Brown (bob)\" added\n"));
        String register = line(added, " *juju register \\S+").strip();
        bob("printf 'secret\\nother\\n' | " + register).refused("passwords do not match");
        Result entered = bob("printf 'secret\\nsecret\\nwork\\n' | " + register).ok();
        assertTrue(entered.toString(), entered.err().contains("Welcome, bob. You are now logged into \"work\"."));
        bob("printf 'secret\\nsecret\\nagain\\n' | " + register).refused("token may have expired");
        assertEquals("bob", line(bob("juju whoami").ok().out(), "User:.*").replaceAll(".* ", ""));
        assertFalse(bob("juju models").ok().out().contains("shop"));
        bob("juju add-model mine").refused("permission denied");
    }

    @Test
    public void test2_rightsAreWhatWasGranted() {
        isthmus.juju("deploy", Greeting.speaker(isthmus).path().toString()).ok();
        isthmus.juju("offer", "speaker:hello").ok();
        bob("juju status -m admin/shop").refused("not found");
        bob("juju show-offer admin/shop.speaker").refused("application offer \"admin/shop.speaker\" not found");
        isthmus.juju("add-model", "talk").ok();
        isthmus.juju("grant", "bob", "write", "talk").ok();
        isthmus.juju("grant", "bob", "consume", "admin/shop.speaker").ok();
        bob("juju switch admin/talk").ok();
        bob("juju deploy " + Greeting.listener(isthmus).path()).ok();
        bob("juju integrate listener admin/shop.speaker").ok();
        isthmus.await("the consumer is connected", SOON, () -> offers().matches("(?s).*speaker +bob .*joined.*"));
        bob("juju config -m admin/shop speaker text=x").refused("not found");
        bob("juju remove-offer admin/shop.speaker").refused("permission denied");
        bob("juju kill-controller --no-prompt work").refused("permission denied");
        bob("juju controllers").ok();
        isthmus.juju("status", "-m", "shop").ok();
    }

    @Test
    public void test3_anAddressIsEnoughToLogIn() {
        String address = line(isthmus.juju("show-controller").ok().out(), "127.0.0.1:\\d+");
        Result entered = isthmus.type("export JUJU_DATA=$PWD/third; printf 'y\\nsecret\\n' | juju login " + address
                + " -c there -u bob && juju whoami");
        entered.ok();
        assertTrue(entered.toString(), entered.err().contains("CA fingerprint: ["));
        assertTrue(entered.toString(), entered.out().contains("there"));
        isthmus.type("export JUJU_DATA=$PWD/fourth; printf 'n\\n' | juju login " + address + " -c there -u bob")
                .refused("is not trusted");
        isthmus.type("export JUJU_DATA=$PWD/fourth; echo wrong | juju login --trust --no-prompt " + address
                        + " -c there -u bob")
                .refused("invalid entity name or password");
    }

    @Test
    public void test4_aDisabledUserIsOutAtOnce() {
        bob("juju status").ok();
        isthmus.juju("disable-user", "bob").ok();
        bob("juju status").refused("invalid entity name or password");
        isthmus.juju("enable-user", "bob").ok();
        bob("juju status").ok();
    }

    @Test
    public void test5_whoeverGetsTheNameOfARemovedUserInheritsNothing() {
        isthmus.juju("remove-user", "bob", "--no-prompt").ok();
        bob("juju status").refused("invalid entity name or password");
        isthmus.await("the relation of the removed user is suspended", SOON, () -> offers().contains("suspended"));
        isthmus.await(
                "the name is free", SOON, () -> isthmus.juju("add-user", "bob").exit() == 0);
        assertFalse(isthmus.juju("users", "talk").ok().out().contains("bob"));
        assertFalse(isthmus.juju("show-offer", "admin/shop.speaker", "--format", "yaml")
                .ok()
                .out()
                .contains("bob"));
    }

    @Test
    public void test6_bashCompletesWhatThereIs() {
        assertEquals(
                List.of("config", "constraints", "consume", "controller-config", "controllers"), completed("juju con"));
        assertEquals(
                List.of("speaker:hello"),
                completed("juju offer -c home speaker:h").stream()
                        .map(w -> "speaker:" + w)
                        .toList());
        assertEquals(List.of("admin/shop.speaker"), completed("juju consume adm"));
    }

    private static List<String> completed(String line) {
        return isthmus.type(
                        "juju switch shop 2>/dev/null; source \"$(dirname \"$(command -v juju)\")/../completion/juju.bash\"; COMP_LINE='"
                                + line + "' COMP_POINT=" + line.length()
                                + "; _juju; printf '%s\\n' \"${COMPREPLY[@]}\"")
                .ok()
                .out()
                .lines()
                .toList();
    }

    private static String offers() {
        return isthmus.juju("offers", "-m", "shop").ok().out();
    }

    private static String line(String text, String pattern) {
        Matcher found = Pattern.compile("(?m)^.*?(" + pattern + ")\\W*$").matcher(text);
        assertTrue(text, found.find());
        return found.group(1);
    }
}
