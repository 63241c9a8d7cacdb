package dev.braid.stack.mptcp;

import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.stack.tcp.SendStream;
import dev.braid.stack.tcp.Tcb;
import dev.braid.stack.tcp.TcpConfig;
import dev.braid.stack.tcp.TcpMemory;
import dev.braid.stack.tcp.TcpSettings;
import java.util.List;

/**
 * One Multipath TCP connection's send buffer: how many bytes the user may be ahead of the peer's DATA_ACKs.
 *
 * <p>It begins as a TCP connection's does and follows what all paths together carry until the slowest of them has answered, since
 * data waits for DATA_ACK behind what is on that path: the sum of the paths' rates times the longest round trip, never less than the
 * sum of their congestion windows. Twice that on one path, as TCP has it; four times on several, so that the others have something
 * to send for as long as the slowest takes to repair a loss, too. A scheduler may wish for another. The most is net.ipv4.tcp_wmem's for
 * each path, as with Linux. SO_SNDBUF fixes it. Core thread only.
 */
final class DataSendBuffer {
    /** Of the buffer, this part has to be free for a waiting writer to be woken: less costs more than it brings. */
    private static final int WAKE_DIVISOR = 3;
    /** How many round trips' worth there is room for: on one path, and on several. */
    private static final int ROUNDS = 2;

    private static final int ROUNDS_OF_SEVERAL = 4;
    /** However many paths there are. */
    private static final long MOST = 1 << 30;
    /** The first and the last chunk are pinned whole, however little of them is needed. */
    private static final int ENDS = 2 * ChunkPool.LARGE;

    private final MptcpConnection connection;
    private final TcpConfig config;
    private final TcpMemory memory;
    private int size;
    private long pinned;

    DataSendBuffer(MptcpConnection connection) {
        this.connection = connection;
        config = connection.layer.tcp.config();
        memory = connection.layer.tcp.memory();
        size = initial(connection.settings);
    }

    private int initial(TcpSettings settings) {
        return settings.sendBuffer > 0
                ? Math.max(config.minSendBuffer, Math.min(settings.sendBuffer, config.maxSendBuffer))
                : config.sendBuffer;
    }

    /** SO_SNDBUF was set, or something else was. */
    void settingsChanged() {
        if (connection.settings.sendBuffer > 0) {
            size = initial(connection.settings);
        }
    }

    /** Bytes the user may be ahead. */
    int size() {
        return size;
    }

    /** The stream pins so much memory now. */
    void onStream(long trueSize) {
        if (trueSize != pinned) {
            memory.queued(trueSize - pinned);
            pinned = trueSize;
        }
    }

    /**
     * Bytes the user may append now, 0 or more.
     *
     * @param unsent bytes that no subflow was given yet
     */
    int room(SendStream stream, long unsent) {
        int limit = limit();
        if (stream.trueSize() >= Math.max(2L * limit, limit + ENDS)) {
            return 0;
        }
        long room = limit - stream.bytes();
        long lowWater = lowWater();
        if (lowWater < room) {
            room = Math.min(room, lowWater + sendableNow() - unsent);
        }
        return (int) Math.max(0, room);
    }

    /**
     * Whether so much is free that a writer who waits is worth waking: a part of the buffer, or, where most of it waits for a DATA_ACK
     * behind a slow path, more than the others have left to send.
     */
    boolean isWorthWaking(SendStream stream, long unsent) {
        int room = room(stream, unsent);
        return room > 0 && (room >= Math.min(limit() / WAKE_DIVISOR, lowWater() / 2) || room > 2 * unsent);
    }

    /** What each connection is guaranteed when all together hold too much, else the whole of it. */
    private int limit() {
        return memory.isExhausted() ? Math.min(size, config.minSendBuffer) : size;
    }

    /** TCP_NOTSENT_LOWAT: what waits beyond what may leave at once. */
    private long lowWater() {
        long own = connection.settings.notSentLowWater;
        return own > 0 ? own : config.notSentLowWater;
    }

    private long sendableNow() {
        long sendable = 0;
        List<Subflow> subflows = connection.subflows;
        for (int i = 0; i < subflows.size(); i++) {
            Subflow subflow = subflows.get(i);
            sendable += subflow.usable() ? subflow.tcb.sendableNow() : 0;
        }
        return Math.min(sendable, Math.max(0, connection.sender.window()));
    }

    /** Windows or round trips have moved, and the buffer may be what holds the user back. */
    void follow() {
        if (connection.settings.sendBuffer > 0 || memory.underPressure()) {
            return;
        }
        long longestNs = 0;
        long windows = 0;
        double bytesPerNs = 0;
        int usable = 0;
        List<Subflow> subflows = connection.subflows;
        for (int i = 0; i < subflows.size(); i++) {
            Subflow subflow = subflows.get(i);
            if (!subflow.usable()) {
                continue;
            }
            usable++;
            Tcb tcb = subflow.tcb;
            long srttNs = Math.max(1, tcb.srttNs());
            longestNs = Math.max(longestNs, srttNs);
            windows += tcb.cwnd();
            bytesPerNs += (double) tcb.cwnd() / srttNs;
        }
        int rounds = usable > 1 ? ROUNDS_OF_SEVERAL : ROUNDS;
        long most = Math.min((long) usable * config.maxSendBuffer, MOST);
        long wanted = connection.scheduler.sendBuffer(connection);
        if (wanted == 0) {
            wanted = rounds * Math.max(windows, (long) Math.min(bytesPerNs * longestNs, most));
        }
        if (wanted > size) {
            size = (int) Math.min(wanted, Math.max(size, most));
        }
    }
}
