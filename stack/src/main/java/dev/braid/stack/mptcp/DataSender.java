package dev.braid.stack.mptcp;

import dev.braid.fastpath.chunk.Chunk;

/**
 * The sending half of a connection's data sequence space: what the program wrote, what of it which subflow was given, what the peer
 * acknowledged (RFC 8684 section 3.3). Positions count bytes since the stream's first byte; data sequence numbers follow from the
 * initial one. Core thread only.
 */
final class DataSender {
    final MptcpConnection connection;

    DataSender(MptcpConnection connection) {
        this.connection = connection;
    }

    /** Queues bytes; retains the chunk. */
    void append(Chunk chunk, int offset, int length, boolean moreComing) {
        throw new IllegalStateException("not yet");
    }

    /** The stream ends behind what is queued: a DATA_FIN follows (RFC 8684 section 3.3.3). */
    void finish() {}

    /** Gives a subflow that could send up to {@code room} bytes of data, as its scheduler says; see UpperLayer.pull. */
    int pull(Subflow subflow, int room, long nowNs) {
        return 0;
    }

    /** The peer acknowledged at the data level, and its window reaches {@code window} bytes beyond. */
    void onDataAck(Subflow via, long dataAck, long window, long nowNs) {}

    /** The peer acknowledged at the subflow level what lies before {@code streamOffset}. */
    void onSubflowAcked(Subflow subflow, long streamOffset, long nowNs) {}

    /** What the subflow was given and the peer has not acknowledged at the data level is to go again over others. */
    void reinject(Subflow from, long nowNs) {}

    /** Lets go of all memory. */
    void release() {}
}
