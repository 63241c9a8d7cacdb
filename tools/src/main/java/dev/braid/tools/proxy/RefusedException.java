package dev.braid.tools.proxy;

import java.io.IOException;

/** A request that is not served. */
final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Refusal refusal;

    /** @param message one line for the log */
    RefusedException(Refusal refusal, String message) {
        super(message);
        this.refusal = refusal;
    }

    Refusal refusal() {
        return refusal;
    }
}
