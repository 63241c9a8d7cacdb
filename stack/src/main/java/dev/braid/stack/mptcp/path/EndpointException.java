package dev.braid.stack.mptcp.path;

/** A change of the endpoint table that is not possible; the table is as before. */
public final class EndpointException extends Exception {
    private static final long serialVersionUID = 1;

    /** Why, with Linux's errno for it. */
    public enum Reason {
        /** The address and port have an endpoint. */
        DUPLICATE(17),
        /** The identifier stands for another endpoint. */
        ID_TAKEN(16),
        /** No identifier is left. */
        FULL(34),
        /** There is no such endpoint. */
        NOT_FOUND(22),
        /** Flags or numbers that do not go together. */
        INVALID(22);

        private final int errno;

        Reason(int errno) {
            this.errno = errno;
        }

        /** Linux's number. */
        public int errno() {
            return errno;
        }
    }

    private final Reason reason;

    EndpointException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }
}
