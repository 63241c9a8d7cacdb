package dev.braid.stack.tcp;

import dev.braid.fastpath.wire.Seq;

/**
 * One connection's receive buffer: how much payload there is room for, and what memory received data pins until the user gives it
 * back.
 *
 * <p>It begins with the second number of net.ipv4.tcp_rmem and follows what the user takes in a round trip ("dynamic
 * right-sizing"), up to the third: a window must hold what is in flight and, while a loss is repaired, as much again. SO_RCVBUF or
 * net.ipv4.tcp_moderate_rcvbuf = 0 fix it. It never shrinks by itself. Memory is bounded by twice the room, by true size: a slot
 * is charged whole, however little it carries. Core thread only.
 */
final class ReceiveBuffer {
    /** What the first round trip of a connection brings, in segments (RFC 6928): only more than that lets the buffer grow. */
    private static final int INITIAL_SEGMENTS = 10;
    /**
     * Round trips below this are the host's own. What is taken in this time counts there: a window of a few of their microseconds
     * would be empty whenever a thread waits for a processor.
     */
    private static final long LOW_RTT_NS = 1_000_000L;

    private final TcpMemory memory;
    private int size;
    private int unconsumed;
    /** True bytes of what is in order, queued or with the user. */
    private long pinned;
    private long outOfOrder;

    // The receiver's view of the round-trip time.
    private long rttNs;
    private boolean timing;
    private int timedStamp;
    private int timedSeq;
    private long timedNs;
    private int lastStamp;

    // What the user took in the present round trip, and the most it ever took in one.
    private long copied;
    private long roundNs;
    private int space;

    ReceiveBuffer(TcpMemory memory, TcpSettings settings, TcpConfig config) {
        this.memory = memory;
        size = initial(settings, config);
    }

    /** The room a connection with these settings begins with, in bytes; the least wins over the most should they contradict. */
    static int initial(TcpSettings settings, TcpConfig config) {
        return settings.receiveBuffer > 0
                ? Math.max(config.minReceiveBuffer, Math.min(settings.receiveBuffer, config.maxReceiveBuffer))
                : config.receiveBuffer;
    }

    /** SO_RCVBUF was set, or something else was. */
    void settingsChanged(Tcb tcb) {
        if (tcb.settings.receiveBuffer > 0) {
            size = initial(tcb.settings, tcb.layer.config);
            tcb.outOfOrder.limit(outOfOrderLimit());
        }
    }

    /** An upper layer has so much room in all. */
    void follow(Tcb tcb, int bytes) {
        size = bytes;
        tcb.outOfOrder.limit(outOfOrderLimit());
    }

    // What is there.

    /** Payload bytes there is room for, unread ones included. */
    int size() {
        return size;
    }

    /** Bytes in order that the user has not consumed, whether it holds them or the queue does. */
    int unconsumed() {
        return unconsumed;
    }

    /** True bytes of memory pinned, by what is out of order too. */
    long pinned() {
        return pinned + outOfOrder;
    }

    /** The most true bytes that may be pinned before data is dropped. */
    long limit() {
        return 2L * size;
    }

    /** Three quarters of that, and a quarter under pressure: the segment that fills the gap always has room. */
    long outOfOrderLimit() {
        return memory.underPressure() ? size / 2 : limit() / 4 * 3;
    }

    /** Whether in-order and out-of-order data pin so much that more of it has to be dropped. */
    boolean isFull(Tcb tcb) {
        return pinned + outOfOrder >= 2L * size || (memory.isExhausted() && excess(tcb) >= 0);
    }

    /** True bytes pinned beyond what more data is taken at; negative while there is room. */
    long excess(Tcb tcb) {
        long most = memory.isExhausted() ? Math.min(limit(), 2 * guaranteed(tcb)) : limit();
        return pinned() - most;
    }

    /** Payload bytes a connection may receive whatever others hold, so that each makes progress: the first number of tcp_rmem. */
    private static long guaranteed(Tcb tcb) {
        return Math.max(tcb.layer.config.minReceiveBuffer, 2L * tcb.acks.rcvMss());
    }

    /** Bytes behind RCV.NXT that there is room for. */
    long room(Tcb tcb) {
        long room = Math.min(size - unconsumed, limit() - pinned());
        if (memory.underPressure()) {
            room = Math.min(room, memory.isExhausted()
                    ? guaranteed(tcb) - unconsumed
                    : Math.max(guaranteed(tcb), 4L * tcb.acks.rcvMss()));
        }
        return Math.max(0, room);
    }

    // What comes and goes.

    /** Bytes in order were queued for the user. */
    void onQueued(int bytes, long trueSize) {
        unconsumed += bytes;
        pinned += trueSize;
        memory.received(trueSize);
    }

    /** The out-of-order queue pins so much now. */
    void onOutOfOrder(long trueSize) {
        memory.received(trueSize - outOfOrder);
        outOfOrder = trueSize;
    }

    /** The user gave back what it had been given. */
    void onConsumed(Tcb tcb, int bytes, long trueSize, long nowNs) {
        unconsumed -= bytes;
        long freed = Math.min(trueSize, pinned);
        pinned -= freed;
        memory.received(-freed);
        copied += bytes;
        if (rttNs == 0) {
            rttNs = tcb.rtt.srttNs();
        }
        if (rttNs != 0 && nowNs - roundNs >= Math.max(rttNs, LOW_RTT_NS)) {
            endRound(tcb, nowNs);
        }
    }

    /** Nobody will read, or give back, anything any more. */
    void release() {
        memory.received(-pinned - outOfOrder);
        pinned = 0;
        outOfOrder = 0;
    }

    // Right-sizing.

    private void endRound(Tcb tcb, long nowNs) {
        if (space == 0) {
            space = INITIAL_SEGMENTS * tcb.acks.rcvMss();
        }
        if (copied > space) {
            int taken = (int) Math.min(copied, 1 << 30);
            grow(tcb, taken);
            space = taken;
        }
        copied = 0;
        roundNs = nowNs;
    }

    private void grow(Tcb tcb, int taken) {
        TcpConfig config = tcb.layer.config;
        int most = config.maxReceiveBuffer;
        if (size >= most
                || tcb.settings.receiveBuffer > 0
                || !config.moderateReceiveBuffer
                || memory.underPressure()) {
            return;
        }
        // The peer hears of it a round trip late, and in slow start sends twice as much each round: room for that as well.
        long wanted = 2L * taken;
        long rise = Math.min(most, 2 * wanted * (taken - space) / space);
        wanted += rttNs >= LOW_RTT_NS ? rise : rise * rttNs / LOW_RTT_NS;
        if (!tcb.outOfOrder.isEmpty()) {
            // What waits behind a gap was not taken in this round, though it was sent in it.
            wanted += Seq.diff(tcb.outOfOrder.end(), tcb.rcvNxt);
        }
        // What is promised may all come and wait behind a gap; what memory does not hold then would have to be given up.
        long affordable = (pinned() + memory.receiveRoom()) / 2;
        int next = (int) Math.min(Math.min(wanted, most), affordable);
        if (next > size) {
            size = next;
            tcb.outOfOrder.limit(outOfOrderLimit());
        }
    }

    // The round-trip time, for ends that send nothing themselves.

    /** A segment leaves with this timestamp: the first of its tick can be timed until it comes back. */
    void onSent(int stamp, long nowNs) {
        if (stamp != lastStamp) {
            lastStamp = stamp;
            if (!timing) {
                timing = true;
                timedStamp = stamp;
                timedNs = nowNs;
            }
        }
    }

    /**
     * Data arrived in order, on a connection with timestamps.
     *
     * @param echo TSecr: what the peer had heard when it sent this
     */
    void onEcho(int echo, long nowNs) {
        if (timing && Seq.lessOrEqual(timedStamp, echo)) {
            timing = false;
            long sampleNs = nowNs - timedNs;
            if (rttNs == 0 || sampleNs < rttNs) {
                rttNs = Math.max(1, sampleNs);
            } else if (unconsumed == 0) {
                // A peer that had nothing to say for a while looks like a long way: longer samples count little, and those that a
                // slow reader caused do not count.
                rttNs += (sampleNs - rttNs) >>> 3;
            }
        }
    }

    /** Data arrived in order, on a connection without: the time that one whole window took is an upper bound. */
    void onAdvance(int rcvNxt, int window, long nowNs) {
        if (timing && Seq.lessThan(rcvNxt, timedSeq)) {
            return;
        }
        if (timing && (rttNs == 0 || nowNs - timedNs < rttNs)) {
            rttNs = Math.max(1, nowNs - timedNs);
        }
        timing = true;
        timedSeq = rcvNxt + window;
        timedNs = nowNs;
    }

    /** Round-trip time as the receiver sees it; 0 when it does not know. */
    long rttNs() {
        return rttNs;
    }

    /** The most bytes the user took in one round trip. */
    int space() {
        return space;
    }
}
