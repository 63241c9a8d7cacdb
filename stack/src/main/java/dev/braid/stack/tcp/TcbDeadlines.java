package dev.braid.stack.tcp;

import dev.braid.fastpath.device.Deadlines;

/**
 * All moments a TCB waits for, as plain data: whoever changes one need not know who polls it. The TCB has one entry in the
 * timer wheel, for the {@linkplain #earliest earliest} of them. {@link Deadlines#NONE} = not waiting.
 */
final class TcbDeadlines {
    /** Retransmission (RFC 6298). */
    long rtoNs = Deadlines.NONE;
    /** Tail loss probe (RFC 8985 section 7.2). */
    long probeNs = Deadlines.NONE;
    /** What RACK waits for is lost (RFC 8985 section 6.2, step 5). */
    long reorderNs = Deadlines.NONE;
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
        long two = Math.min(Math.min(probeNs, reorderNs), finWait2Ns);
        return Math.min(Math.min(one, two), Math.min(paceNs, corkNs));
    }

    void clear() {
        rtoNs = Deadlines.NONE;
        probeNs = Deadlines.NONE;
        reorderNs = Deadlines.NONE;
        persistNs = Deadlines.NONE;
        delayedAckNs = Deadlines.NONE;
        keepAliveNs = Deadlines.NONE;
        finWait2Ns = Deadlines.NONE;
        paceNs = Deadlines.NONE;
        corkNs = Deadlines.NONE;
    }
}
