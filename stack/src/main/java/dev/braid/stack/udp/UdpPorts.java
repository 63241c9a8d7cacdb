package dev.braid.stack.udp;

import dev.braid.fastpath.flow.FlowTable;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.stack.core.Entropy;
import dev.braid.stack.core.Link;
import dev.braid.stack.icmp.IcmpError;
import dev.braid.stack.ip.IpHeader;
import dev.braid.stack.ip.IpPath;
import dev.braid.stack.ip.PortTable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which port a datagram is for: a connected one by both ends, else one bound to the address, else one bound to any address.
 *
 * <p>The tables are made when the first port is bound: until then UDP takes no entropy, and no memory.
 */
final class UdpPorts {
    private static final int RANDOM_TRIES = 32;

    private final Entropy entropy;
    private final PortTable reserved = new PortTable();
    private @Nullable FlowTable<UdpPort> connected;
    private @Nullable FlowTable<UdpPort> bound;

    UdpPorts(Entropy entropy) {
        this.entropy = entropy;
    }

    /** Binds the port to a number, or to a random one of the range for 0. Answers false when that cannot be had. */
    boolean bind(UdpPort port, long hi, long lo, int number, int first, int last) {
        int chosen = number == 0 ? free(hi, lo, first, last) : number;
        if (chosen == 0 || !reserved.reserve(hi, lo, chosen)) {
            return false;
        }
        port.localHi = hi;
        port.localLo = lo;
        port.localPort = chosen;
        bound().insert(Link.DEFAULT_SCOPE, Protocol.UDP, hi, lo, 0, 0, chosen, 0, port);
        return true;
    }

    /**
     * A free number that nobody outside can predict, 0 when there is none. Random ones, not PortAllocator's, which count upwards: who
     * sees some of a resolver's ports must not learn the next.
     */
    private int free(long hi, long lo, int first, int last) {
        int count = last - first + 1;
        int start = 0;
        for (int i = 0; i < RANDOM_TRIES; i++) {
            start = (int) Long.remainderUnsigned(entropy.nextLong(), count);
            if (!reserved.isReserved(hi, lo, first + start)) {
                return first + start;
            }
        }
        for (int i = 1; i < count; i++) {
            int candidate = first + (start + i) % count;
            if (!reserved.isReserved(hi, lo, candidate)) {
                return candidate;
            }
        }
        return 0;
    }

    private FlowTable<UdpPort> bound() {
        FlowTable<UdpPort> table = bound;
        if (table == null) {
            table = bound = new FlowTable<>(entropy.nextLong(), entropy.nextLong(), 16);
            connected = new FlowTable<>(entropy.nextLong(), entropy.nextLong(), 16);
        }
        return table;
    }

    /** Enters a bound port under both ends. That nobody else has them the reservation of its number sees to. */
    void connect(UdpPort port, IpPath path, int number) {
        port.connectedHi = path.localHi();
        port.connectedLo = path.localLo();
        port.remoteHi = path.remoteHi();
        port.remoteLo = path.remoteLo();
        port.remotePort = number;
        if (connected != null) {
            connected.insert(Link.DEFAULT_SCOPE, Protocol.UDP, port.connectedHi, port.connectedLo, port.remoteHi,
                    port.remoteLo, port.localPort, number, port);
        }
    }

    void disconnect(UdpPort port) {
        if (connected != null) {
            connected.remove(Link.DEFAULT_SCOPE, Protocol.UDP, port.connectedHi, port.connectedLo, port.remoteHi,
                    port.remoteLo, port.localPort, port.remotePort);
        }
        port.remotePort = 0;
    }

    void release(UdpPort port) {
        if (port.isBound() && bound != null) {
            bound.remove(Link.DEFAULT_SCOPE, Protocol.UDP, port.localHi, port.localLo, 0, 0, port.localPort, 0);
            reserved.release(port.localHi, port.localLo, port.localPort);
            port.localPort = 0;
        }
    }

    /** Whose datagram it is, or {@code null}. */
    @Nullable
    UdpPort find(IpHeader header, int remotePort, int localPort) {
        if (bound == null || connected == null) {
            return null;
        }
        int scope = header.scope();
        UdpPort exact = connected.lookup(scope, Protocol.UDP, header.dstHi(), header.dstLo(), header.srcHi(),
                header.srcLo(), localPort, remotePort);
        if (exact != null) {
            return exact;
        }
        return unconnected(scope, header.dstHi(), header.dstLo(), localPort);
    }

    /** The port bound to the address, or to any, unless it is connected: then it hears of nobody but its peer. */
    private @Nullable UdpPort unconnected(int scope, long hi, long lo, int number) {
        if (bound == null) {
            return null;
        }
        UdpPort port = bound.lookup(scope, Protocol.UDP, hi, lo, 0, 0, number, 0);
        if (port == null) {
            port = bound.lookup(scope, Protocol.UDP, 0, 0, 0, 0, number, 0);
        }
        return port == null || port.isConnected() ? null : port;
    }

    /** The connected port whose datagram an error quotes, or {@code null}. */
    @Nullable
    UdpPort connected(IcmpError error) {
        return connected == null
                ? null
                : connected.lookup(error.scope(), Protocol.UDP, error.localHi(), error.localLo(), error.remoteHi(),
                        error.remoteLo(), error.localPort(), error.remotePort());
    }

    /** The way that the unconnected port took last whose datagram an error quotes; {@code null} when it led elsewhere. */
    @Nullable
    IpPath lastPath(IcmpError error) {
        UdpPort port = unconnected(error.scope(), error.localHi(), error.localLo(), error.localPort());
        IpPath last = port == null ? null : port.path;
        boolean there = last != null && last.remoteHi() == error.remoteHi() && last.remoteLo() == error.remoteLo();
        return there ? last : null;
    }

    /** Drops what waits at any port. */
    void clear() {
        if (bound != null) {
            bound.forEach((scope, protocol, localHi, localLo, remoteHi, remoteLo, localPort, remotePort, port) -> port
                    .clear());
        }
    }

    /** This moment of each port that is bound. */
    List<UdpInfo> infos() {
        var infos = new ArrayList<UdpInfo>();
        if (bound != null) {
            bound.forEach((scope, protocol, localHi, localLo, remoteHi, remoteLo, localPort, remotePort, port) -> infos
                    .add(port.info()));
        }
        return infos;
    }

    int size() {
        return reserved.size();
    }
}
