package dev.braid.stack.tcp;

import dev.braid.fastpath.chunk.ChunkPool;

/**
 * One connection's send buffer: how many bytes the user may be ahead of the peer's acknowledgements.
 *
 * <p>It begins with the second number of net.ipv4.tcp_wmem and follows the congestion window, up to the third: room for what is in
 * flight and as much again, so that there is always something to send when ACKs come. SO_SNDBUF fixes it. Memory is bounded by
 * twice the room, by true size, or by the room and two chunks, whichever is more. Core thread only.
 */
final class SendBuffer {
    /** Of the buffer, this part has to be free for a waiting writer to be woken: less costs more than it brings. */
    private static final int WAKE_DIVISOR = 3;
    /**
     * The first chunk, of which the most may be acknowledged, and the last, which may be nearly empty, are pinned whole: a small
     * buffer bounded without them would take nothing more until a whole chunk is acknowledged, and the flight would run dry.
     */
    private static final int ENDS = 2 * ChunkPool.LARGE;

    private final TcpMemory memory;
    private int size;
    private long pinned;

    SendBuffer(TcpMemory memory, TcpSettings settings, TcpConfig config) {
        this.memory = memory;
        size = initial(settings, config);
    }

    private static int initial(TcpSettings settings, TcpConfig config) {
        return settings.sendBuffer > 0
                ? Math.max(config.minSendBuffer, Math.min(settings.sendBuffer, config.maxSendBuffer))
                : config.sendBuffer;
    }

    /** SO_SNDBUF was set, or something else was. */
    void settingsChanged(Tcb tcb) {
        if (tcb.settings.sendBuffer > 0) {
            size = initial(tcb.settings, tcb.layer.config);
        }
    }

    /** Bytes the user may be ahead. */
    int size() {
        return size;
    }

    /** The same now: what each connection is guaranteed when all together hold too much. */
    private int limit(Tcb tcb) {
        return memory.isExhausted() ? Math.min(size, tcb.layer.config.minSendBuffer) : size;
    }

    /** The stream pins so much memory now. */
    void onStream(long trueSize) {
        if (trueSize != pinned) {
            memory.queued(trueSize - pinned);
            pinned = trueSize;
        }
    }

    /** Bytes the user may append now, 0 or more. */
    int room(Tcb tcb) {
        int limit = limit(tcb);
        if (tcb.stream.trueSize() >= Math.max(2L * limit, limit + ENDS)) {
            return 0;
        }
        long room = limit - tcb.stream.bytes();
        long lowWater = lowWater(tcb);
        if (lowWater < room) {
            room = Math.min(room, lowWater + tcb.sendableNow() - tcb.unsent());
        }
        return (int) Math.max(0, room);
    }

    /** Whether so much room is free, as {@link #room} says, that a writer who waits is worth waking. */
    boolean isWorthWaking(Tcb tcb, int room) {
        return room > 0 && room >= Math.min(limit(tcb) / WAKE_DIVISOR, lowWater(tcb) / 2);
    }

    /** TCP_NOTSENT_LOWAT: what waits beyond what may leave at once. */
    private static long lowWater(Tcb tcb) {
        long own = tcb.settings.notSentLowWater;
        return own > 0 ? own : tcb.layer.config.notSentLowWater;
    }

    /** The congestion window has moved, and the buffer may be what holds the user back. */
    void follow(Tcb tcb) {
        long wanted = 2 * tcb.congestion.cwnd();
        if (wanted > size && tcb.settings.sendBuffer == 0 && !memory.underPressure()) {
            size = (int) Math.max(size, Math.min(wanted, tcb.layer.config.maxSendBuffer));
        }
    }
}
