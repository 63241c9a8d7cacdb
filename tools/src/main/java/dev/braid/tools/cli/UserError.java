package dev.braid.tools.cli;

/** Something the person at the keyboard can mend: shown as one line, without a stack trace. */
public final class UserError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    private UserError(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /** The command was given wrongly: exit status 2. */
    public static UserError usage(String message) {
        return new UserError(2, message);
    }

    /** The work could not be done: exit status 1. */
    public static UserError failure(String message) {
        return new UserError(1, message);
    }

    /** The exit status it means. */
    public int status() {
        return status;
    }
}
