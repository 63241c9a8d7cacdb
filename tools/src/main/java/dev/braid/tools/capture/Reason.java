package dev.braid.tools.capture;

import dev.braid.stack.mptcp.MptcpReason;
import dev.braid.stack.tcp.Decision;

/** The words for why a segment was sent, as a packet's comment has them. */
final class Reason {
    private Reason() {}

    /** The same with what Multipath TCP has to add. */
    static String of(Decision decision, long upperReasons) {
        return of(decision) + MptcpReason.words(upperReasons);
    }

    /** Short, in the RFCs' words, the same for the same reason: a display filter can ask for it. */
    static String of(Decision decision) {
        return switch (decision) {
            case SYN -> "open";
            case SYN_ACK -> "answer to SYN";
            case NEW_DATA -> "new data";
            case RETRANSMIT_RTO -> "retransmission: timeout";
            case FAST_RETRANSMIT -> "retransmission: fast";
            case FIN -> "close";
            case ACK_NOW -> "ACK at once";
            case ACK_DELAYED -> "delayed ACK";
            case ACK_ECN -> "ACK for ECN";
            case WINDOW_UPDATE -> "window update";
            case PROBE -> "zero-window probe";
            case KEEPALIVE -> "keep-alive";
            case CHALLENGE_ACK -> "challenge ACK";
            case RESET -> "reset";
            case UPPER_LAYER -> "ACK for the upper layer";
            case LOSS_PROBE -> "tail loss probe";
        };
    }
}
