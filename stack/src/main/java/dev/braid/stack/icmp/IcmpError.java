package dev.braid.stack.icmp;

/**
 * What an ICMP error says about a packet of ours, in words that serve both versions of IP. A reused holder: read it during
 * the call that brings it.
 *
 * <p>All of it comes from outside and may be forged: act on it only for a connection whose sequence number in flight it quotes
 * (RFC 5927 section 4). Local and remote are those of the quoted packet, its source and its destination.
 */
public final class IcmpError {
    /** What went wrong. */
    public enum Kind {
        /** The network, or the way to it, cannot be reached: soft (RFC 1122 section 4.2.3.9). */
        NETWORK_UNREACHABLE,
        /** The host cannot be reached: soft. */
        HOST_UNREACHABLE,
        /** The host does not speak the protocol: hard. */
        PROTOCOL_UNREACHABLE,
        /** Nobody listens on the port: hard. */
        PORT_UNREACHABLE,
        /** A filter on the way forbids it: soft, as any filter may change. */
        PROHIBITED,
        /** The packet was too big for a link on the way; {@link IcmpError#mtu} says what fits. */
        PACKET_TOO_BIG,
        /** The packet went round in circles, or one of its fragments was lost: soft. */
        TIME_EXCEEDED,
        /** The remote host or a router understood the header otherwise: soft. */
        PARAMETER_PROBLEM
    }

    private Kind kind = Kind.PARAMETER_PROBLEM;
    private int version;
    private int scope;
    private int device;
    private int mtu;
    private int protocol;
    private long localHi;
    private long localLo;
    private long remoteHi;
    private long remoteLo;
    private int localPort;
    private int remotePort;
    private int seq;

    /** What went wrong. */
    public Kind kind() {
        return kind;
    }

    /** The version of IP, 4 or 6. */
    public int version() {
        return version;
    }

    /** The scope of the link it came from. */
    public int scope() {
        return scope;
    }

    /** The device it came from. */
    public int device() {
        return device;
    }

    /**
     * With {@link Kind#PACKET_TOO_BIG} the MTU it claims in bytes, at least 68 (IPv4) or 1280 (IPv6); of a router that claims
     * none, the next smaller size in use (RFC 1191 section 7.1). 0 with every other kind.
     */
    public int mtu() {
        return mtu;
    }

    /** Protocol of the quoted packet, {@link dev.braid.fastpath.wire.Protocol}. */
    public int protocol() {
        return protocol;
    }

    /** High half of the quoted packet's source: one of our addresses. */
    public long localHi() {
        return localHi;
    }

    /** Low half of the quoted packet's source. */
    public long localLo() {
        return localLo;
    }

    /** High half of the quoted packet's destination. */
    public long remoteHi() {
        return remoteHi;
    }

    /** Low half of the quoted packet's destination. */
    public long remoteLo() {
        return remoteLo;
    }

    /** Our port in the quoted TCP or UDP header. */
    public int localPort() {
        return localPort;
    }

    /** The peer's port in the quoted TCP or UDP header. */
    public int remotePort() {
        return remotePort;
    }

    /** Sequence number in the quoted TCP header; 0 for other protocols. */
    public int seq() {
        return seq;
    }

    /** Says what went wrong and with which MTU, 0 for none. */
    public IcmpError problem(Kind kind, int mtu) {
        this.kind = kind;
        this.mtu = mtu;
        return this;
    }

    /** Says where it came from. */
    public IcmpError from(int version, int scope, int device) {
        this.version = version;
        this.scope = scope;
        this.device = device;
        return this;
    }

    /** Says which addresses the quoted packet had. */
    public IcmpError quoted(long localHi, long localLo, long remoteHi, long remoteLo) {
        this.localHi = localHi;
        this.localLo = localLo;
        this.remoteHi = remoteHi;
        this.remoteLo = remoteLo;
        return this;
    }

    /** Says what the quoted packet's transport header had. */
    public IcmpError transport(int protocol, int localPort, int remotePort, int seq) {
        this.protocol = protocol;
        this.localPort = localPort;
        this.remotePort = remotePort;
        this.seq = seq;
        return this;
    }
}
