package dev.braid.stack.tcp;

import dev.braid.fastpath.device.Deadlines;

/**
 * All moments a TCB waits for, as plain data: whoever changes one need not know who polls it. The TCB has one entry in the
 * timer wheel, for the {@linkplain #earliest earliest} of them. {@link Deadlines#NONE} = not waiting.
 */
final class TcbDeadlines {
    /** Retransmission (RFC 6298). */
    long rtoNs = Deadlines.NONE;
    /** Zero-window probe (RFC 9293 section 3.8.6.1) or the sender's override of SWS avoidance. */
    long persistNs = Deadlines.NONE;
    /** Delayed ACK (RFC 9293 section 3.8.6.3). */
    long delayedAckNs = Deadlines.NONE;
    /** Keep-alive (RFC 9293 section 3.8.4). */
    long keepAliveNs = Deadlines.NONE;
    /** End of an abandoned FIN-WAIT-2. */
    long finWait2Ns = Deadlines.NONE;
    /** The pacer lets more data go. */
    long paceNs = Deadlines.NONE;
    /** Corked data goes anyway. */
    long corkNs = Deadlines.NONE;

    long earliest() {
        long one = Math.min(Math.min(rtoNs, persistNs), Math.min(delayedAckNs, keepAliveNs));
        return Math.min(one, Math.min(finWait2Ns, Math.min(paceNs, corkNs)));
    }

    void clear() {
        rtoNs = Deadlines.NONE;
        persistNs = Deadlines.NONE;
        delayedAckNs = Deadlines.NONE;
        keepAliveNs = Deadlines.NONE;
        finWait2Ns = Deadlines.NONE;
        paceNs = Deadlines.NONE;
        corkNs = Deadlines.NONE;
    }
}
