package org.isthmus.api;

/** Error codes as Juju puts them on the wire (rpc/params/apierror.go). {@link #NONE} travels as no code at all. */
public enum Code {
    NONE(""),
    NOT_FOUND("not found"),
    USER_NOT_FOUND("user not found"),
    MODEL_NOT_FOUND("model not found"),
    UNAUTHORIZED("unauthorized access"),
    LOGIN_EXPIRED("login expired"),
    NO_CREDENTIALS("no credentials provided"),
    CANNOT_ENTER_SCOPE("cannot enter scope"),
    CANNOT_ENTER_SCOPE_YET("cannot enter scope yet"),
    UNIT_HAS_SUBORDINATES("unit has subordinates"),
    NOT_ASSIGNED("not assigned"),
    STOPPED("stopped"),
    DEAD("dead"),
    HAS_ASSIGNED_UNITS("machine has assigned units"),
    HAS_HOSTED_MODELS("controller has hosted models"),
    HAS_CONTAINERS("machine is hosting containers"),
    MODEL_NOT_EMPTY("model not empty"),
    NOT_PROVISIONED("not provisioned"),
    NO_ADDRESS_SET("no address set"),
    TRY_AGAIN("try again"),
    NOT_IMPLEMENTED("not implemented"),
    ALREADY_EXISTS("already exists"),
    UPGRADE_IN_PROGRESS("upgrade in progress"),
    MIGRATION_IN_PROGRESS("model migration in progress"),
    OPERATION_BLOCKED("operation is blocked"),
    LEADERSHIP_CLAIM_DENIED("leadership claim denied"),
    NOT_SUPPORTED("not supported"),
    BAD_REQUEST("bad request"),
    METHOD_NOT_ALLOWED("method not allowed"),
    FORBIDDEN("forbidden"),
    DISCHARGE_REQUIRED("macaroon discharge required"),
    REDIRECT("redirection required"),
    INCOMPATIBLE_BASE("incompatible base"),
    CLOUD_REGION_REQUIRED("cloud region required"),
    QUOTA_LIMIT_EXCEEDED("quota limit exceeded"),
    NOT_LEADER("not leader"),
    DEADLINE_EXCEEDED("deadline exceeded"),
    NOT_VALID("not valid"),
    ACCESS_REQUIRED("access required");

    private final String wire;

    Code(String wire) {
        this.wire = wire;
    }

    /** The code as it stands in `error-code`; empty for {@link #NONE}. */
    public String wire() {
        return wire;
    }

    /** The code of this wire text, {@link #NONE} for one that is not known. */
    public static Code ofWire(String text) {
        for (Code code : values()) {
            if (code.wire.equals(text)) {
                return code;
            }
        }
        return NONE;
    }
}
