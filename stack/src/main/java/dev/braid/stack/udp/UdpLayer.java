package dev.braid.stack.udp;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Udp;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.CoreCounters;
import dev.braid.stack.core.Entropy;
import dev.braid.stack.icmp.IcmpError;
import dev.braid.stack.icmp.IcmpErrorOutput;
import dev.braid.stack.ip.IpHeader;
import dev.braid.stack.ip.IpOutput;
import dev.braid.stack.ip.IpPath;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * UDP (RFC 768, RFC 1122 section 4.1): brings datagrams to the ports they are for, answers for ports nobody has, and sends.
 *
 * <p>Addresses are two halves, IPv4 mapped. Nothing is allocated for a datagram but a path when the remote address changes. Core's
 * thread only.
 */
public final class UdpLayer {
    private final CoreConfig config;
    private final CoreCounters counters;
    private final IcmpErrorOutput errors;
    private final IpOutput output;
    private final FramePool frames;
    private final UdpPorts ports;

    /** UDP over this IP. */
    public UdpLayer(
            CoreConfig config,
            CoreCounters counters,
            IcmpErrorOutput errors,
            IpOutput output,
            FramePool frames,
            Entropy entropy) {
        this.config = config;
        this.counters = counters;
        this.errors = errors;
        this.output = output;
        this.frames = frames;
        this.ports = new UdpPorts(entropy);
    }

    /** A port without a number, of which its user hears what comes. */
    public UdpPort open(UdpUser user) {
        return new UdpPort(user, config.udpReceiveBuffer);
    }

    /**
     * Gives the port its number.
     *
     * @param hi high half of the local address; unspecified, of either version, takes every address of both versions
     * @param number 1..65535, or 0 for a random free one (RFC 5452 section 9.2 wants that of resolvers)
     * @return {@code null} or why not; then nothing changed
     */
    public @Nullable UdpFailure bind(UdpPort port, long hi, long lo, int number) {
        boolean any = IpAddress.isUnspecified(hi, lo);
        boolean bound = ports.bind(
                port, any ? 0 : hi, any ? 0 : lo, number, config.tcp.firstPort, config.tcp.lastPort);
        return bound ? null : UdpFailure.ADDRESS_IN_USE;
    }

    /**
     * From now on the port sends to one remote port and hears of nobody else; binds it first if need be. What waits stays.
     *
     * @return {@code null} or why not; then it is not connected
     */
    public @Nullable UdpFailure connect(UdpPort port, long hi, long lo, int number) {
        disconnect(port);
        UdpFailure refused = port.isBound() ? null : bind(port, 0, 0, 0);
        if (refused != null) {
            return refused;
        }
        IpPath path = output.route(port.localHi, port.localLo, hi, lo);
        if (path == null) {
            return UdpFailure.NETWORK_UNREACHABLE;
        }
        port.path = path;
        ports.connect(port, path, number);
        return null;
    }

    /** Undoes {@link #connect}; the port stays bound. */
    public void disconnect(UdpPort port) {
        if (port.isConnected()) {
            ports.disconnect(port);
            port.path = null;
        }
    }

    /**
     * Sends a datagram, at once; binds the port first if need be.
     *
     * @param payload all that remains is sent; its position moves when it was
     * @return {@code null} when it was handed to the link, else why not
     */
    public @Nullable UdpFailure send(UdpPort port, long hi, long lo, int number, ByteBuffer payload) {
        UdpFailure refused = port.isBound() ? null : bind(port, 0, 0, 0);
        if (refused != null) {
            return refused;
        }
        IpPath path = path(port, hi, lo);
        if (path == null) {
            return UdpFailure.NETWORK_UNREACHABLE;
        }
        UdpCounters count = counters.udp(path.version());
        int bytes = payload.remaining();
        int length = Udp.HEADER + bytes;
        // IPv4 counts its header in the length of 16 bits, IPv6 does not.
        int most = path.version() == 4 ? Ipv4.MAX_PACKET - Ipv4.MIN_HEADER : Ipv4.MAX_PACKET;
        if (bytes > most - Udp.HEADER || (port.dontFragment() && length + path.headerLength() > path.mtu())) {
            return UdpFailure.TOO_LONG;
        }
        Frame frame = frames.take(length);
        if (frame == null) {
            count.sndbufErrors.increment();
            return UdpFailure.NO_BUFFERS;
        }
        frame.resize(length);
        Udp.write(frame.data(), port.localPort, number, length);
        Memory.copyIn(payload, frame.data() + Udp.HEADER, bytes);
        count.outDatagrams.increment();
        output.send(path, frame, Protocol.UDP, config.ipDefaultTtl, port.trafficClass());
        return null;
    }

    /** The way there: the one used last, unless it leads elsewhere, is down, or has lost its address. */
    private @Nullable IpPath path(UdpPort port, long hi, long lo) {
        IpPath last = port.path;
        if (last != null
                && last.remoteHi() == hi
                && last.remoteLo() == lo
                && last.up()
                && output.routes().owns(last.localHi(), last.localLo())) {
            return last;
        }
        IpPath found = output.route(port.localHi(), port.localLo(), hi, lo);
        port.path = found;
        return found;
    }

    /** Takes a datagram over, its checksum verified. */
    public void input(Frame frame, IpHeader header, long nowNs) {
        UdpCounters count = counters.udp(header.version());
        int length = header.transportLength();
        int at = header.headerLength();
        long udp = length < Udp.HEADER ? 0 : frame.require(at, Udp.HEADER);
        int claimed = length < Udp.HEADER ? 0 : Udp.length(udp);
        if (claimed < Udp.HEADER || claimed > length) {
            count.inErrors.increment();
            frame.drop(count.dropLength);
            return;
        }
        UdpPort port = ports.find(header, Udp.srcPort(udp), Udp.dstPort(udp));
        if (port == null) {
            errors.portUnreachable(frame, header, nowNs);
            frame.drop(count.noPorts);
            return;
        }
        if (frame.gsoType() != Frame.GSO_NONE) {
            count.inErrors.increment();
            frame.drop(count.dropSuper);
            return;
        }
        // What a datagram's own length leaves over behind it belongs to nobody.
        frame.resize(at + claimed);
        frame.transportOffset(at).payloadOffset(at + Udp.HEADER);
        if (!port.append(frame, frames)) {
            count.inErrors.increment();
            frame.drop(count.rcvbufErrors);
            return;
        }
        count.inDatagrams.increment();
        port.user.onArrival(port);
    }

    /**
     * Hears of an ICMP error about a datagram. Only a connected port believes it: nothing else in a datagram tells a true error from a
     * forged one but that somebody knew both ports (RFC 1122 section 4.1.3.3, RFC 8085 section 5.2). What fits the way counts for others
     * too, for routers must not cut what they send either.
     */
    public void onIcmpError(IcmpError error, long nowNs) {
        UdpPort port = ports.connected(error);
        if (port == null) {
            IpPath path = error.kind() == IcmpError.Kind.PACKET_TOO_BIG ? ports.lastPath(error) : null;
            if (path == null) {
                counters.udp(error.version()).icmpUnmatched.increment();
            } else {
                path.lowerMtu(error.mtu(), nowNs);
            }
            return;
        }
        UdpFailure failure = switch (error.kind()) {
            case PORT_UNREACHABLE -> UdpFailure.REFUSED;
            case PROTOCOL_UNREACHABLE -> UdpFailure.PROTOCOL;
            case PROHIBITED -> UdpFailure.PROHIBITED;
            case PACKET_TOO_BIG -> tooBig(port, error.mtu(), nowNs);
            // Soft: another datagram may get through (RFC 1122 section 3.2.2.1).
            case NETWORK_UNREACHABLE, HOST_UNREACHABLE, TIME_EXCEEDED, PARAMETER_PROBLEM -> null;
        };
        if (failure != null) {
            port.fail(failure);
            port.user.onArrival(port);
        }
    }

    /** From now on datagrams are cut to what fits; who forbade that hears of it. */
    private static @Nullable UdpFailure tooBig(UdpPort port, int mtu, long nowNs) {
        IpPath path = port.path;
        boolean lowered = path != null && path.lowerMtu(mtu, nowNs);
        return lowered && port.dontFragment() ? UdpFailure.TOO_LONG : null;
    }

    /** Gives the port up with all that waits at it. Idempotent. */
    public void close(UdpPort port) {
        disconnect(port);
        ports.release(port);
        port.clear();
    }

    /** Drops whatever waits at any port. */
    public void close() {
        ports.clear();
    }

    /** This moment of each port that is bound, in no order. Allocates: for diagnostics. */
    public List<UdpInfo> infos() {
        return ports.infos();
    }

    /** Ports that are bound, for leak checks. */
    public int boundPorts() {
        return ports.size();
    }
}
