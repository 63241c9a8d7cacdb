package dev.braid.stack.ip;

/**
 * What the IP header of a received packet says, both versions alike. A reused holder: read it during the call that brings
 * it. Everything in it has been checked: the addresses are those of single hosts, the destination is ours, the lengths lie
 * inside the frame.
 */
public final class IpHeader {
    private int version;
    private long srcHi;
    private long srcLo;
    private long dstHi;
    private long dstLo;
    private int protocol;
    private int protocolPointer;
    private int ttl;
    private int trafficClass;
    private int headerLength;
    private int transportLength;
    private int scope;
    private int device;

    /** The version of IP, 4 or 6. */
    public int version() {
        return version;
    }

    /** High half of the source address. */
    public long srcHi() {
        return srcHi;
    }

    /** Low half of the source address. */
    public long srcLo() {
        return srcLo;
    }

    /** High half of the destination address. */
    public long dstHi() {
        return dstHi;
    }

    /** Low half of the destination address. */
    public long dstLo() {
        return dstLo;
    }

    /** Protocol of the transport header, behind all extension headers, 0..255. */
    public int protocol() {
        return protocol;
    }

    /** Offset of the byte that names the protocol, from the start of the packet: for a parameter problem. */
    public int protocolPointer() {
        return protocolPointer;
    }

    /** Time to live or hop limit, 0..255. */
    public int ttl() {
        return ttl;
    }

    /** DSCP and, in the two low bits, ECN (RFC 3168 section 5). */
    public int trafficClass() {
        return trafficClass;
    }

    /** Bytes of the IP header with its options and extension headers: where the transport header starts. */
    public int headerLength() {
        return headerLength;
    }

    /** Bytes of transport header and payload. */
    public int transportLength() {
        return transportLength;
    }

    /** The scope of the link it came from. */
    public int scope() {
        return scope;
    }

    /** The device it came from. */
    public int device() {
        return device;
    }

    /** Says where the packet came from. */
    public IpHeader from(int device, int scope) {
        this.device = device;
        this.scope = scope;
        return this;
    }

    /** Says which version and addresses the packet has. */
    public IpHeader addresses(int version, long srcHi, long srcLo, long dstHi, long dstLo) {
        this.version = version;
        this.srcHi = srcHi;
        this.srcLo = srcLo;
        this.dstHi = dstHi;
        this.dstLo = dstLo;
        return this;
    }

    /** Says what hop limit and traffic class the packet arrived with. */
    public IpHeader hop(int ttl, int trafficClass) {
        this.ttl = ttl;
        this.trafficClass = trafficClass;
        return this;
    }

    /** Says what the packet carries: {@code pointer} is where the protocol is named, lengths in bytes. */
    public IpHeader carries(int protocol, int pointer, int headerLength, int transportLength) {
        this.protocol = protocol;
        this.protocolPointer = pointer;
        this.headerLength = headerLength;
        this.transportLength = transportLength;
        return this;
    }
}
