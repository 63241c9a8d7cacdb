package dev.braid.tools.drill;

/** What a client sent is not a record of the protocol: its session ends, the endpoint goes on. */
final class BadRecord extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message what is wrong with it, one line */
    BadRecord(String message) {
        super(message, null, false, false);
    }
}
