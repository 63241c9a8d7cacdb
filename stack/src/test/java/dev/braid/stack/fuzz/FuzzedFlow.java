package dev.braid.stack.fuzz;

import static dev.braid.stack.fuzz.FuzzedCore.require;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.OptionSink;
import dev.braid.fastpath.wire.Seq;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.TcpOptions;

/**
 * One connection of the fuzzed core as its wire shows it: enough to forge segments that fit, and to see that what the core sends
 * is in order. The bytes of both streams follow from their sequence numbers, so every copy of a byte can be checked.
 */
class FuzzedFlow {
    final int version;
    /** The core's address, and the peer's. */
    final IpAddress host;
    final IpAddress peer;
    final int localPort;
    final int remotePort;
    /** The core has sent a SYN or SYN/ACK, whose number was {@link #iss}. */
    boolean opened;
    int iss;
    /** Behind the highest number the core has sent. */
    int sndNxt;
    /** The acknowledgement, timestamp and flags of the core's last segment. */
    int ack;
    int tsVal;
    int lastFlags;
    boolean acked;
    /** The peer's own first number, and how far the peer has sent. */
    int peerIss;
    int peerNxt;
    boolean timestamps;
    /** What the peer's next timestamp says. */
    int peerClock = 1_000;
    private final TcpOptions options = new TcpOptions();

    FuzzedFlow(int version, int localPort, int remotePort, int peerIss) {
        this(version == 4 ? FuzzedCore.HOST4 : FuzzedCore.HOST6, localPort,
                version == 4 ? FuzzedCore.PEER4 : FuzzedCore.PEER6, remotePort, peerIss);
    }

    FuzzedFlow(IpAddress host, int localPort, IpAddress peer, int remotePort, int peerIss) {
        this.version = host.isIpv4() ? 4 : 6;
        this.host = host;
        this.peer = peer;
        this.localPort = localPort;
        this.remotePort = remotePort;
        this.peerIss = peerIss;
        this.peerNxt = peerIss;
    }

    /** A stream's byte at this place: behind ISS + 1 for what the core sends, at this sequence number for what it is sent. */
    static int byteAt(int place) {
        return ((place * 31) >>> 3) & 0xff;
    }

    /** Takes note of what the core sent, and that it is as it must be. */
    void sent(Frame frame, long tcp, int payload) {
        int flags = Tcp.flags(tcp);
        int seq = Tcp.seq(tcp);
        options.parse(tcp + Tcp.MIN_HEADER, Tcp.dataOffset(tcp) - Tcp.MIN_HEADER, OptionSink.IGNORE);
        require(!options.malformed(), "sent malformed options");
        if ((flags & Tcp.RST) != 0) {
            lastFlags = flags;
            return;
        }
        if ((flags & Tcp.SYN) != 0) {
            syn(seq);
        }
        lastFlags = flags;
        if (options.has(TcpOptions.TIMESTAMPS)) {
            tsVal = options.tsVal();
        }
        understand(tcp, flags, payload);
        int end = seq + payload + ((flags & Tcp.SYN) >>> 1) + (flags & Tcp.FIN);
        sndNxt = opened ? Seq.max(sndNxt, end) : end;
        if ((flags & Tcp.ACK) != 0) {
            ack = Tcp.ack(tcp);
            acked = true;
        }
        if (payload > 0 && opened) {
            checkPayload(frame, seq, payload);
        }
    }

    /** For what is more than plain TCP: a segment that is no reset, its options included. */
    void understand(long tcp, int flags, int payload) {}

    /** The place in the core's stream of what the core sends at this number; negative = nobody can say. */
    int placeOf(int seq) {
        return seq - iss - 1;
    }

    private void syn(int seq) {
        if (!opened || seq != iss) {
            opened = true;
            iss = seq;
            sndNxt = seq + 1;
        }
        timestamps = options.has(TcpOptions.TIMESTAMPS);
    }

    private void checkPayload(Frame frame, int seq, int payload) {
        int from = frame.length() - payload;
        int linear = frame.linearLength();
        int at = seq;
        for (int i = from; i < linear; i++) {
            checkByte(at++, Memory.u8(frame.data() + i));
        }
        for (int f = 0; f < frame.fragmentCount(); f++) {
            for (int i = 0; i < frame.fragmentLength(f); i++) {
                checkByte(at++, Memory.u8(frame.fragmentAddress(f) + i));
            }
        }
    }

    private void checkByte(int seq, int found) {
        int place = placeOf(seq);
        if (place >= 0 && found != byteAt(place)) {
            throw new AssertionError("sent another byte as number " + place);
        }
    }
}
