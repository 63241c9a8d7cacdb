package dev.braid.stack.tcp;

/** The states of a connection (RFC 9293 section 3.3.2); LISTEN is a {@link TcpListener}, not a TCB. */
public enum TcpState {
    CLOSED,
    SYN_SENT,
    SYN_RECEIVED,
    ESTABLISHED,
    FIN_WAIT_1,
    FIN_WAIT_2,
    CLOSE_WAIT,
    CLOSING,
    LAST_ACK,
    TIME_WAIT;

    /** Whether both sides know each other's sequence numbers: every state but CLOSED and the two SYN states. */
    public boolean synchronised() {
        return ordinal() >= ESTABLISHED.ordinal();
    }

    /** Whether the user may still queue data: ESTABLISHED and CLOSE-WAIT. */
    public boolean canSend() {
        return this == ESTABLISHED || this == CLOSE_WAIT;
    }

    /** Whether the peer may still send data that counts: ESTABLISHED, FIN-WAIT-1 and FIN-WAIT-2. */
    public boolean canReceive() {
        return this == ESTABLISHED || this == FIN_WAIT_1 || this == FIN_WAIT_2;
    }
}
