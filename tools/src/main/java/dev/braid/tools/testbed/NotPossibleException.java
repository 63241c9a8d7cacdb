package dev.braid.tools.testbed;

/** The testbed, or the stack on it, cannot be had here: one line that says why. */
public final class NotPossibleException extends Exception {
    private static final long serialVersionUID = 1L;

    NotPossibleException(RuntimeException cause) {
        super(cause.getMessage(), cause);
    }
}
