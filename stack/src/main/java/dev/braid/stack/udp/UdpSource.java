package dev.braid.stack.udp;

/** Where a received datagram came from: a reused holder, filled by {@link UdpPort#receive}. */
public final class UdpSource {
    private long hi;
    private long lo;
    private int port;

    /** High half of the sender's address; IPv4 is mapped. */
    public long hi() {
        return hi;
    }

    /** Low half of the sender's address. */
    public long lo() {
        return lo;
    }

    /** The sender's port, 0..65535; 0 means that it wants no answer (RFC 768). */
    public int port() {
        return port;
    }

    void assign(long hi, long lo, int port) {
        this.hi = hi;
        this.lo = lo;
        this.port = port;
    }
}
