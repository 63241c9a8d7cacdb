package dev.braid.stack.tcp;

import dev.braid.fastpath.wire.Protocol;
import dev.braid.stack.core.Entropy;
import dev.braid.stack.ip.IpPath;
import dev.braid.stack.ip.PortTable;
import org.jspecify.annotations.Nullable;

/** Finds a path, a port and a place in the flow table for connections that this end opens, and keeps ports for those who bind. */
final class ActiveOpen {
    private final TcpLayer layer;
    private final Entropy entropy;
    private final PortAllocator ephemeral;
    private final PortTable ports = new PortTable();

    ActiveOpen(TcpLayer layer, Entropy entropy) {
        this.layer = layer;
        this.entropy = entropy;
        ephemeral = new PortAllocator(
                entropy.nextLong(), entropy.nextLong(), layer.config.firstPort, layer.config.lastPort);
    }

    /** As {@link TcpLayer#connect}, up to the TCB's place in the flow table. */
    @Nullable
    TcpFailure connect(
            Tcb tcb,
            long localHi,
            long localLo,
            int localPort,
            long remoteHi,
            long remoteLo,
            int remotePort,
            long nowNs) {
        if (tcb.state != TcpState.CLOSED || tcb.filed || tcb.failure != null) {
            throw new IllegalStateException("a TCB is opened once");
        }
        IpPath path = layer.ip.route(localHi, localLo, remoteHi, remoteLo);
        if (path == null) {
            return TcpFailure.NETWORK_UNREACHABLE;
        }
        tcb.path = path;
        tcb.scope = path.scope();
        tcb.localHi = path.localHi();
        tcb.localLo = path.localLo();
        tcb.remoteHi = remoteHi;
        tcb.remoteLo = remoteLo;
        tcb.remotePort = remotePort;
        tcb.localPort = localPort != 0 ? localPort : choosePort(tcb);
        if (tcb.localPort <= 0) {
            tcb.localPort = 0;
            return TcpFailure.ADDRESS_NOT_AVAILABLE;
        }
        if ((localPort != 0 && inTimeWait(tcb, localPort)) || !file(tcb, nowNs)) {
            return TcpFailure.ADDRESS_IN_USE;
        }
        return null;
    }

    /** A connection of the same tuple that only has its reset to send sends it now, and makes room. */
    private boolean file(Tcb tcb, long nowNs) {
        Tcb before = connected(tcb, tcb.localPort);
        if (before != null && before.resetDue) {
            layer.output.turn(before, 1, nowNs);
        }
        return layer.file(tcb);
    }

    private int choosePort(Tcb tcb) {
        return ephemeral().allocate(
                tcb.scope,
                tcb.localHi,
                tcb.localLo,
                tcb.remoteHi,
                tcb.remoteLo,
                tcb.remotePort,
                entropy.nextLong(),
                port -> ports.isReserved(tcb.localHi, tcb.localLo, port) || inUse(tcb, port));
    }

    private boolean inUse(Tcb tcb, int port) {
        return connected(tcb, port) != null || inTimeWait(tcb, port);
    }

    private @Nullable Tcb connected(Tcb tcb, int port) {
        return layer.flows.lookup(
                tcb.scope,
                Protocol.TCP,
                tcb.localHi,
                tcb.localLo,
                tcb.remoteHi,
                tcb.remoteLo,
                port,
                tcb.remotePort);
    }

    private boolean inTimeWait(Tcb tcb, int port) {
        return layer.timeWait.lookup(
                tcb.scope, tcb.localHi, tcb.localLo, port, tcb.remoteHi, tcb.remoteLo, tcb.remotePort) != null;
    }

    private PortAllocator ephemeral() {
        ephemeral.range(layer.config.firstPort, layer.config.lastPort);
        return ephemeral;
    }

    /** See {@link TcpLayer#reservePort}. */
    int reservePort(long localHi, long localLo, int port) {
        int chosen = port;
        if (port == 0) {
            chosen = ephemeral().allocate(
                    0, localHi, localLo, 0, 0, 0, entropy.nextLong(), p -> ports.isReserved(localHi, localLo, p));
        }
        return chosen > 0 && ports.reserve(localHi, localLo, chosen) ? chosen : 0;
    }

    void releasePort(long localHi, long localLo, int port) {
        ports.release(localHi, localLo, port);
    }

    /** Ports kept for sockets that are bound. */
    int portsReserved() {
        return ports.size();
    }
}
