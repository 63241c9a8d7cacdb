package dev.braid.stack.tcp;

/** Why a segment was sent: the codes of a {@link DecisionTrace}. */
public enum Decision {
    SYN,
    SYN_ACK,
    NEW_DATA,
    RETRANSMIT_RTO,
    FAST_RETRANSMIT,
    FIN,
    ACK_NOW,
    ACK_DELAYED,
    ACK_ECN,
    WINDOW_UPDATE,
    PROBE,
    KEEPALIVE,
    CHALLENGE_ACK,
    RESET,
    UPPER_LAYER,
    LOSS_PROBE;

    private static final Decision[] ALL = values();

    static Decision of(int ordinal) {
        return ALL[ordinal];
    }
}
