package dev.braid.stack.tcp;

import dev.braid.fastpath.chunk.Chunk;
import dev.braid.stack.congestion.CongestionInfo;
import org.jspecify.annotations.Nullable;

/**
 * A byte stream in both directions as its user sees it (RFC 9293 section 3.9.1): a TCB alone, or several that a protocol above TCP
 * joins into one. Core thread only; whatever a call makes due leaves with the core's next flush.
 */
public interface Connection {
    /** Names who hears of the connection from now on; what happened before shows in the accessors. */
    void user(ConnectionUser user);

    /** The settings in force: change them, then call {@link #settingsChanged}. */
    TcpSettings settings();

    /** Lets changed settings take effect now. */
    void settingsChanged(long nowNs);

    // Send.

    /** Bytes that {@link #append} takes now; 0 when the buffer is full or the stream has ended. */
    int sendSpace();

    /** Whether so much of the send buffer is free that waking a writer is worth it: a third of it. */
    boolean hasRoomToWrite();

    /**
     * Queues bytes of a chunk behind the stream; retains the chunk, the caller keeps its own reference. Before ESTABLISHED they
     * wait (RFC 9293 section 3.9.1.2).
     *
     * @throws IllegalStateException when the stream has ended: {@link #sendSpace()} says 0 then
     */
    void append(Chunk chunk, int offset, int length);

    /**
     * As {@link #append}, of a user who says that more follows at once (MSG_MORE): a partial segment is held back until then, or
     * until an ACK or a timeout asks for output anyway, and nothing is pushed.
     */
    void appendMore(Chunk chunk, int offset, int length);

    /** Lets what is queued leave whatever Nagle's algorithm and the cork say, as setting TCP_NODELAY does. */
    void pushPending();

    /** Ends the stream: its end follows all queued data. Idempotent; without effect once the connection is gone. */
    void finish();

    /** Payload bytes the user may now be ahead of the peer's acknowledgements. */
    int sendBufferSize();

    /** Bytes that were queued and are not acknowledged (SIOCOUTQ). */
    long sendQueued();

    /** Bytes that were sent and are not acknowledged: {@link #sendQueued()} less SIOCOUTQNSD. */
    long sendUnacknowledged();

    /** Whether all that was queued, the stream's end included, is acknowledged: what lingering waits for. */
    boolean drained();

    // Receive.

    /** Bytes in order that the user has not taken. */
    ReceiveQueue received();

    /**
     * The user took bytes out of {@link #received()}: a window update becomes due when it is worth a segment.
     *
     * @param bytes payload taken
     * @param trueSize memory given up: that of the frames which held them, as a frame is charged until its last byte is taken
     */
    void consumed(int bytes, int trueSize, long nowNs);

    /** Whether the peer's stream ended and all data before its end is, or was, in {@link #received()}. */
    boolean finReceived();

    /** Payload bytes the receive buffer has room for now, unread ones included. */
    int receiveBufferSize();

    /** True bytes that received data pins, what the user took and did not give back included. */
    long receivePinned();

    // End.

    /**
     * The user lets go: no more calls in either direction. Unread data makes it a reset (RFC 1122 section 4.2.2.13, RFC 2525
     * section 2.17), else the stream's end follows the queued data and the connection ends by itself.
     */
    void close(long nowNs);

    /** Ends the connection with a reset (RFC 9293 section 3.9.1.7); no more callbacks. */
    void abort(long nowNs);

    /** Why the connection ended before its time, or {@code null}. */
    @Nullable
    TcpFailure failure();

    // Whose it is, and how it fares.

    /** Local address, high half; 0 before a route was chosen. */
    long localHi();

    /** Local address, low half. */
    long localLo();

    /** Local port, 1..65535; 0 before one was chosen. */
    int localPort();

    /** Remote address, high half. */
    long remoteHi();

    /** Remote address, low half. */
    long remoteLo();

    /** Remote port, 1..65535. */
    int remotePort();

    /** Maximum segment size for data sent, in bytes, options not counted. */
    int mss();

    /** Smoothed round-trip time in nanoseconds; 0 before the first sample (RFC 6298). */
    long srttNs();

    /** What the congestion control was chosen by. */
    String congestionControl();

    /** The congestion control's own numbers (TCP_CC_INFO), or {@code null}. Allocates. */
    @Nullable
    CongestionInfo congestionInfo();

    /** This moment of the connection, for people and programs that watch it. Allocates; not for every segment. */
    TcpInfo info(long nowNs);
}
