package dev.braid.stack.tcp;

import dev.braid.fastpath.wire.Seq;
import dev.braid.fastpath.wire.TcpOptions;

/**
 * What the peer reports of segments that reached it twice (RFC 2883), as far as it can be believed. Holds for the ACK that was read
 * last; core thread only.
 */
final class Dsack {
    private boolean seen;
    private long from;
    private long to;
    private int packets;
    private int reported;

    /** The ACK that was read last carries a report that may be true. */
    boolean seen() {
        return seen;
    }

    /** The first position of the duplicate. */
    long from() {
        return from;
    }

    /** The position behind it. */
    long to() {
        return to;
    }

    /** How many packets it was. */
    int packets() {
        return packets;
    }

    /** Packets reported in all, the unbelievable included: tcpi_dsack_dups. */
    int reported() {
        return reported;
    }

    /** An ACK without a report is being processed. */
    void clear() {
        seen = false;
    }

    /**
     * Reads the first SACK block of an ACK, which alone can be a report (RFC 2883 section 4).
     *
     * @return whether it is one, believable or not: it then tells of nothing newly received
     */
    boolean read(Tcb tcb, TcpSegment segment) {
        seen = false;
        TcpOptions options = segment.options;
        TcpCounters counters = tcb.layer.counters;
        if (options.sackBlocks() == 0) {
            return false;
        }
        int left = options.sackLeft(0);
        int right = options.sackRight(0);
        if (Seq.lessThan(left, segment.ack)) {
            counters.dsackRecv.increment();
        } else if (liesInSecondBlock(options, left, right)) {
            counters.dsackOfoRecv.increment();
        } else {
            return false;
        }
        from = tcb.position(left);
        to = tcb.position(right);
        seen = judge(tcb, segment.arrivalNs);
        if (seen) {
            counters.dsackRecvSegs.add(packets);
        } else {
            counters.dsackIgnoredDubious.increment();
        }
        return true;
    }

    private static boolean liesInSecondBlock(TcpOptions options, int left, int right) {
        return options.sackBlocks() > 1
                && Seq.lessOrEqual(options.sackLeft(1), left)
                && Seq.lessOrEqual(right, options.sackRight(1));
    }

    /**
     * Nothing can arrive twice that was never sent, nor more at once than the widest window, nor more often than it was sent
     * again: what the network duplicated, or a liar invented, changes nothing. Nor does the octet of a probe, which was to arrive twice.
     */
    private boolean judge(Tcb tcb, long arrivalNs) {
        long length = to - from;
        if (tcb.probedOctet.is(from, to)) {
            tcb.probedOctet.answered(arrivalNs);
            return false;
        }
        if (length <= 0 || to > tcb.sent.end() || length > Math.max(tcb.maxSndWnd, tcb.sndMss)) {
            return false;
        }
        packets = (int) ((length - 1) / tcb.sndMss) + 1;
        reported = Math.min(Integer.MAX_VALUE - packets, reported) + packets;
        return reported <= tcb.retransmits;
    }
}
