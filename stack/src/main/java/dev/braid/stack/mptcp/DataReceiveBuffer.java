package dev.braid.stack.mptcp;

import dev.braid.stack.tcp.Tcb;
import dev.braid.stack.tcp.TcpConfig;
import dev.braid.stack.tcp.TcpMemory;
import java.util.List;

/**
 * The receive buffer that all subflows of a connection share (RFC 8684 section 3.3.4): how much payload there is room for, what memory
 * received data pins, and how the room grows.
 *
 * <p>It follows what comes over all subflows in one round trip of the longest path, in order or not, less what the program leaves
 * unread of it: that is the maximum round-trip time times the bandwidth of all paths, and the room is twice that, so that "all subflows
 * continue at full speed while a packet is fast-retransmitted on the maximum RTT path". Core thread only.
 */
final class DataReceiveBuffer {
    /** What the first round trip brings, in segments (RFC 6928): only more than that lets the buffer grow. */
    private static final int INITIAL_SEGMENTS = 10;
    /** Round trips below this are the host's own: what is taken in this time counts there. */
    private static final long LOW_RTT_NS = 1_000_000L;
    /** After so many rounds and so much time room is taken back that nothing needed in it, ... */
    private static final int SETTLED_ROUNDS = 8;

    private static final long SETTLED_NS = 250_000_000L;
    /** ... at most one part in so many, and never below what a connection begins with. */
    private static final int SETTLING = 8;

    private final TcpMemory memory;
    private final TcpConfig config;
    private int size;
    private boolean fixed;
    private int unconsumed;
    /** True bytes of what is in order, queued or with the user. */
    private long pinned;
    /** What waits at the data level for what is before it, in payload. */
    private long waitingBytes;
    /** The same in true bytes. */
    private long waiting;
    /** True bytes of what waits in a subflow for the rest of its mapping: at most 64 KiB of payload each. */
    private long held;

    // What came in the present round trip, what was unread when it began, and the most that ever came and was taken in one.
    private long arrived;
    private int unreadBefore;
    private long roundNs;
    private int space;

    // Since the room was last taken back.
    private long settledNs;
    private int busyRounds;
    private int mostTaken;
    private long mostNeeded;

    DataReceiveBuffer(TcpMemory memory, TcpConfig config, int wanted) {
        this.memory = memory;
        this.config = config;
        settingsChanged(wanted);
    }

    /**
     * SO_RCVBUF was set.
     *
     * @param wanted bytes, or 0 to let the buffer follow the connection
     */
    void settingsChanged(int wanted) {
        fixed = wanted > 0;
        if (fixed) {
            size = Math.max(config.minReceiveBuffer, Math.min(wanted, config.maxReceiveBuffer));
        } else if (size == 0) {
            size = config.receiveBuffer;
        }
    }

    // What is there.

    /** Payload bytes there is room for, unread ones included. */
    int size() {
        return size;
    }

    /** Bytes in order that the user has not consumed. */
    int unconsumed() {
        return unconsumed;
    }

    /** True bytes of memory pinned at the data level. */
    long pinned() {
        return pinned + waiting + held;
    }

    /** The most true bytes that may wait for what is before them; the segment that fills the gap always has room. */
    long waitingLimit() {
        return memory.underPressure() ? size / 2 : 2L * size / 4 * 3;
    }

    /**
     * Whether payload must not go on leaving its slots half empty, or the window would close on memory: a peer that sends a few
     * segments at a time fills a quarter of each large slot.
     */
    boolean isWasteful() {
        return pinned + waiting > size;
    }

    /** True bytes from which on {@link #isWasteful} holds for what waits. */
    long wastefulFrom() {
        return Math.max(0, size - pinned);
    }

    /** Whether what the user has not taken pins so much that more of it has to be refused: more than any window meant to let in. */
    boolean isFull() {
        return pinned >= 2L * size + size / 4;
    }

    /**
     * True bytes that have to be given up for what is in order; negative while there is room. Subflows have acknowledged what waits, so
     * the peer sends it again only when a timeout of the data level expires: nothing of it is given up but for want of the host's
     * memory. What is in order is bounded by the window that was promised.
     */
    long excess(int mss) {
        return memory.isExhausted() ? pinned + waiting - Math.min(2L * size, 2 * guaranteed(mss)) : -1;
    }

    /**
     * Bytes behind DATA_ACK that there is room for: those that wait already are among them. What waits in a subflow, for a gap or for
     * the rest of a mapping, does not count: on a path that fell silent it may wait for good, after the same bytes came over another
     * one, and would stop that one too.
     *
     * @param mss a full segment of the peer's
     */
    long room(int mss) {
        long room = Math.min(size - unconsumed, 2L * size - pinned - waiting + waitingBytes);
        if (memory.underPressure()) {
            long least = guaranteed(mss);
            room = Math.min(room, memory.isExhausted() ? least - unconsumed : Math.max(least, 4L * mss));
        }
        return Math.max(0, room);
    }

    /** Payload bytes a connection may receive whatever others hold, so that each makes progress: the first number of tcp_rmem. */
    private long guaranteed(int mss) {
        return Math.max(config.minReceiveBuffer, 2L * mss);
    }

    // What comes and goes.

    /** Bytes that were not there before, in order or not. */
    void onArrived(long bytes) {
        arrived += bytes;
    }

    /** Bytes in order were queued for the user. */
    void onQueued(int bytes, long trueSize) {
        unconsumed += bytes;
        pinned += trueSize;
        memory.received(trueSize);
    }

    /** So much waits at the data level now. */
    void onWaiting(long bytes, long trueSize) {
        memory.received(trueSize - waiting);
        waitingBytes = bytes;
        waiting = trueSize;
    }

    /** So much more, or less, waits in a subflow for the rest of its mapping now. */
    void onHeld(long delta) {
        held += delta;
        memory.received(delta);
    }

    /**
     * The user gave back what it had been given.
     *
     * @param behindGap bytes from the next one expected to the last one that waits out of order
     * @return whether the buffer has grown
     */
    boolean onConsumed(MptcpConnection connection, int bytes, long trueSize, long behindGap, long nowNs) {
        unconsumed -= bytes;
        long freed = Math.min(trueSize, pinned);
        pinned -= freed;
        memory.received(-freed);
        return follow(connection, behindGap, nowNs);
    }

    /**
     * Time has gone by, whether the user could take anything or all that came waits for what is before it.
     *
     * @param behindGap as for {@link #onConsumed}
     * @return whether the buffer has grown
     */
    boolean follow(MptcpConnection connection, long behindGap, long nowNs) {
        if (nowNs - roundNs < LOW_RTT_NS) {
            return false;
        }
        long rttNs = longestRttNs(connection.subflows);
        return rttNs != 0 && nowNs - roundNs >= rttNs && endRound(connection, behindGap, rttNs, nowNs);
    }

    /** Nobody will read, or give back, anything any more. */
    void release() {
        memory.received(-pinned - waiting - held);
        pinned = 0;
        waiting = 0;
        waitingBytes = 0;
        held = 0;
        unconsumed = 0;
    }

    private boolean endRound(MptcpConnection connection, long behindGap, long rttNs, long nowNs) {
        int mss = connection.receiver.rcvMss();
        if (space == 0) {
            space = INITIAL_SEGMENTS * mss;
        }
        boolean grown = false;
        // What was unread before and is read now did not come in this round.
        int taken = (int) Math.clamp(arrived - Math.max(0, unconsumed - unreadBefore), 0L, 1 << 30);
        long needed = needed(taken, behindGap, mss);
        if (taken > space || behindGap > space) {
            grown = grow(taken, needed, rttNs);
            space = Math.max(space, taken);
        }
        settle(taken, needed, nowNs);
        arrived = 0;
        unreadBefore = unconsumed;
        roundNs = nowNs;
        return grown;
    }

    /** The room for a round in which so much came and was taken, in bytes. */
    private static long needed(int taken, long behindGap, int mss) {
        // A burst at a round's edge may have come in the next one. What waits behind a gap takes room from the paths that go on
        // meanwhile: on a path that is slower than its round trip tells, because its sender gave it more than its window, the gap is
        // older than a round trip. But it is part of the room: at most as much again counts, or the room would feed on itself.
        return 2L * taken + (long) INITIAL_SEGMENTS * mss + Math.min(behindGap, 2L * taken);
    }

    private boolean grow(int taken, long needed, long rttNs) {
        int most = config.maxReceiveBuffer;
        if (size >= most || fixed || !config.moderateReceiveBuffer || memory.underPressure()) {
            return false;
        }
        long wanted = needed;
        // The peer hears of it a round trip late, and in slow start sends twice as much each round: room for that as well, for a
        // doubling all of it, for less in proportion less of what came more.
        long more = Math.clamp(taken - space, 0, space);
        long rise = 4 * more * more / space;
        wanted += rttNs >= LOW_RTT_NS ? rise : rise * rttNs / LOW_RTT_NS;
        wanted = Math.min(wanted, most);
        long affordable = (pinned() + memory.receiveRoom()) / 2;
        int next = (int) Math.min(wanted, affordable);
        if (next <= size) {
            return false;
        }
        size = next;
        return true;
    }

    /**
     * Takes back, bit by bit, what the last rounds had no use for: what came in bursts while the paths' queues first filled, and the
     * room for a doubling that ended. Whatever is left to a peer, it fills with what waits behind a path that fell silent, and Linux then
     * sends all of it again (mptcp_close_ssk). Rounds in which little came say nothing. The window's edge stays where it was promised.
     */
    private void settle(int taken, long needed, long nowNs) {
        mostTaken = Math.max(mostTaken, taken);
        mostNeeded = Math.max(mostNeeded, needed);
        if (taken >= space / 2) {
            busyRounds++;
        }
        if (busyRounds < SETTLED_ROUNDS || nowNs - settledNs < SETTLED_NS) {
            return;
        }
        if (!fixed && config.moderateReceiveBuffer) {
            size = (int) Math.min(size, Math.max(mostNeeded, Math.max(size - size / SETTLING, config.receiveBuffer)));
            space = Math.max(mostTaken, space - space / SETTLING);
        }
        settledNs = nowNs;
        busyRounds = 0;
        mostTaken = 0;
        mostNeeded = 0;
    }

    /** The round-trip time of the longest path, as the receiver sees it; 0 when it knows none. */
    private static long longestRttNs(List<Subflow> subflows) {
        long longest = 0;
        for (int i = 0; i < subflows.size(); i++) {
            Tcb tcb = subflows.get(i).tcb;
            if (tcb.state().canReceive()) {
                long rttNs = tcb.receiverRttNs();
                longest = Math.max(longest, rttNs != 0 ? rttNs : tcb.srttNs());
            }
        }
        return longest;
    }
}
