package dev.braid.stack.tcp;

import dev.braid.fastpath.chunk.Chunk;
import org.jspecify.annotations.Nullable;

/**
 * One connection (RFC 9293 section 3.3.1) and the calls its user makes (section 3.9.1). Core thread only; whatever a call
 * makes due leaves with the next {@link TcpLayer#flush}.
 */
public final class Tcb implements LowerLayer {
    private TcpUser user;
    private final TcpSettings settings;

    Tcb(TcpUser user, TcpSettings settings) {
        this.user = user;
        this.settings = settings;
    }

    /** Names who hears of the connection from now on; what happened before shows in the accessors. */
    public void user(TcpUser user) {
        this.user = user;
    }

    /** Who hears of the connection. */
    public TcpUser user() {
        return user;
    }

    /** Bytes that {@link #append} takes now; 0 when the buffer is full or the state allows no data. */
    public int sendSpace() {
        throw new UnsupportedOperationException();
    }

    /** Queues bytes of a chunk behind the stream; retains the chunk, the caller keeps its own reference. */
    @Override
    public void append(Chunk chunk, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    /** Ends the stream: a FIN follows all queued data. Idempotent. */
    public void finish() {
        throw new UnsupportedOperationException();
    }

    /** Bytes in order that the user has not taken. */
    public ReceiveQueue received() {
        throw new UnsupportedOperationException();
    }

    /**
     * The user took bytes out of {@link #received()}: a window update becomes due when it is worth a segment.
     *
     * @param bytes payload taken
     * @param trueSize memory given up
     */
    public void consumed(int bytes, int trueSize, long nowNs) {
        throw new UnsupportedOperationException();
    }

    /** Whether the peer's FIN arrived and all data before it is, or was, in {@link #received()}. */
    public boolean finReceived() {
        throw new UnsupportedOperationException();
    }

    /**
     * The user lets go: no more calls in either direction. Unread data makes it a reset (RFC 1122 section 4.2.2.13, RFC 2525
     * section 2.17), else a FIN follows the queued data and the connection ends by itself.
     */
    public void close(long nowNs) {
        throw new UnsupportedOperationException();
    }

    /** Ends the connection with a reset (RFC 9293 section 3.9.1.7); no more callbacks. */
    public void abort(long nowNs) {
        throw new UnsupportedOperationException();
    }

    /** The present state. */
    public TcpState state() {
        throw new UnsupportedOperationException();
    }

    /** Why the connection ended before its time, or {@code null}. */
    public @Nullable TcpFailure failure() {
        throw new UnsupportedOperationException();
    }

    /** The settings in force: change them, then call {@link #settingsChanged}. */
    public TcpSettings settings() {
        return settings;
    }

    /** Lets changed settings take effect now. */
    public void settingsChanged(long nowNs) {
        throw new UnsupportedOperationException();
    }

    /** Local address, high half; 0 before a route was chosen. */
    public long localHi() {
        throw new UnsupportedOperationException();
    }

    /** Local address, low half. */
    public long localLo() {
        throw new UnsupportedOperationException();
    }

    /** Local port, 1..65535. */
    public int localPort() {
        throw new UnsupportedOperationException();
    }

    /** Remote address, high half. */
    public long remoteHi() {
        throw new UnsupportedOperationException();
    }

    /** Remote address, low half. */
    public long remoteLo() {
        throw new UnsupportedOperationException();
    }

    /** Remote port, 1..65535. */
    public int remotePort() {
        throw new UnsupportedOperationException();
    }

    /** Bytes that were queued and are not acknowledged (SIOCOUTQ). */
    public long sendQueued() {
        throw new UnsupportedOperationException();
    }

    /** Maximum segment size for data sent, in bytes, options not counted. */
    public int mss() {
        throw new UnsupportedOperationException();
    }

    /** Smoothed round-trip time; 0 before the first sample (RFC 6298). */
    public long srttNs() {
        throw new UnsupportedOperationException();
    }

    /** Its mean deviation. */
    public long rttvarNs() {
        throw new UnsupportedOperationException();
    }

    /** Retransmission timeout, back-off included. */
    public long rtoNs() {
        throw new UnsupportedOperationException();
    }

    /** Congestion window in bytes. */
    public long cwnd() {
        throw new UnsupportedOperationException();
    }

    /** Slow start threshold in bytes. */
    public long ssthresh() {
        throw new UnsupportedOperationException();
    }

    /** Bytes sent and not acknowledged. */
    public int flightSize() {
        throw new UnsupportedOperationException();
    }

    /** Window the peer offers, in bytes. */
    public int sndWnd() {
        throw new UnsupportedOperationException();
    }

    /** Payload bytes the peer acknowledged. */
    public long bytesAcked() {
        throw new UnsupportedOperationException();
    }

    /** Payload bytes received in order. */
    public long bytesReceived() {
        throw new UnsupportedOperationException();
    }

    /** Segments sent again. */
    public long retransmits() {
        throw new UnsupportedOperationException();
    }

    /** Puts an upper layer on a connection in CLOSED, before it is opened. */
    public void attach(UpperLayer upperLayer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void dataReady() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void demandAck() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void demandReset(long nowNs) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void windowChanged(long nowNs) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void detach(@Nullable TcpUser successor, long nowNs) {
        throw new UnsupportedOperationException();
    }
}
