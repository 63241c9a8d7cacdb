package dev.braid.stack.tcp;

import dev.braid.fastpath.device.Deadlines;

/**
 * There is reason to doubt that the peer still has the connection: a reset came that could not be believed (RFC 5961 section 3.2), or the
 * upper layer heard of one. The challenge ACK is a question, but it may be lost, or the reset that answers it, and then an end that has
 * nothing to send would wait for ever. So it is asked, with back-off, until something comes that answers: of a peer without the
 * connection that is a reset with the exact number.
 *
 * <p>Silence proves nothing: as often as data would be sent again it is asked, then the connection stays, as any idle one does. At most
 * one question in a retransmission timeout, however many resets come (RFC 5961 section 7). Absolute nanoseconds; core thread only.
 */
final class Doubt {
    private static final int MAX_SHIFT = 16;

    private long askNs;
    private long askedNs = Deadlines.NONE;
    private int asked;

    private Doubt(long askNs) {
        this.askNs = askNs;
    }

    /**
     * A reset came. What was on its way before it may come still, which proves nothing: the first question, whose answer does, leaves a
     * retransmission timeout later.
     */
    static void begin(Tcb tcb, long nowNs) {
        if (tcb.doubt == null) {
            tcb.doubt = new Doubt(nowNs + tcb.rtt.baseRtoNs());
        }
    }

    /**
     * The first question leaves now.
     *
     * @return false when the peer is being asked already
     */
    static boolean beginAsking(Tcb tcb, long nowNs) {
        if (tcb.doubt != null) {
            return false;
        }
        tcb.doubt = new Doubt(nowNs);
        ask(tcb, nowNs);
        return true;
    }

    /** When the next question is due. */
    long askNs() {
        return askNs;
    }

    /** Asks if it is time, unless the last question was answered. */
    static void ask(Tcb tcb, long nowNs) {
        Doubt doubt = tcb.doubt;
        if (doubt == null || nowNs < doubt.askNs) {
            return;
        }
        TcpConfig config = tcb.layer.config;
        boolean answered = tcb.lastReceivedNs > doubt.askedNs;
        if (answered || doubt.asked == config.retries) {
            tcb.doubt = null;
            return;
        }
        long pauseNs = tcb.rtt.baseRtoNs() << Math.min(doubt.asked++, MAX_SHIFT);
        doubt.askNs = nowNs + Math.min(pauseNs, config.maxRtoNs);
        doubt.askedNs = nowNs;
        tcb.probeDue = Decision.PROBE;
        tcb.layer.touch(tcb);
    }
}
