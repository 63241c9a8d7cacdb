package dev.braid.stack.tcp;

import org.jspecify.annotations.Nullable;

/** A SYN, or a third ACK that brings a cookie back, which a protocol above TCP takes. */
public interface SynClaim {
    /** The claim of a protocol that will have nothing of the SYN: a reset is the answer, whoever listens. */
    final class Refused implements SynClaim {
        /** The only one. */
        public static final Refused REFUSED = new Refused();

        private Refused() {}

        @Override
        public UpperLayer attach(Tcb tcb, long nowNs) {
            throw new IllegalStateException("a refused SYN has no connection");
        }
    }

    /**
     * TCP has made a TCB for it: names the TCB's {@linkplain Tcb#user(ConnectionUser) user}, and answers its upper layer, which sees
     * the segment next. Called at most once; a claim that TCP has no room for is forgotten.
     */
    UpperLayer attach(Tcb tcb, long nowNs);

    /**
     * The settings of a TCB that joins what exists already: the port's listener, if there is one, has no part in it. {@code null}: it
     * begins something, and is the listener's until it is accepted.
     */
    default @Nullable TcpSettings joinedSettings() {
        return null;
    }

    /**
     * Whether TCP is to remember nothing of a SYN that joins something: it is answered with a cookie, beside which
     * {@link UpperLayerProtocol#writeCookieOptions} says what is needed, and claimed again when that comes back. Without cookies it is
     * dropped.
     */
    default boolean wantsCookie() {
        return false;
    }
}
