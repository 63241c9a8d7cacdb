package dev.braid.stack.fuzz;

import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.mptcp.MptcpConnection;
import dev.braid.stack.mptcp.path.Endpoint;
import dev.braid.stack.mptcp.path.EndpointException;
import dev.braid.stack.mptcp.path.Endpoints;
import dev.braid.stack.mptcp.path.Limits;
import dev.braid.stack.mptcp.scheduler.PacketSchedulers;
import dev.braid.testing.fuzz.FuzzInput;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What becomes of the fuzzed core's links, addresses and endpoints, and of the choices of its connections. */
final class FuzzedHost {
    private static final List<String> SCHEDULERS = List.copyOf(PacketSchedulers.STANDARD.names());
    private static final List<String> MANAGERS = List.of("endpoints", "kernel", "none", "endpoints standby-rtt",
            "endpoints standby-order", "endpoints overflow");

    private final FuzzedCore core;
    private final FuzzInput input;

    FuzzedHost(FuzzedCore core, FuzzInput input) {
        this.core = core;
        this.input = input;
    }

    /** One change of 16 kinds, some of them to one connection. */
    void change(int kind, @Nullable FuzzedStream stream) {
        int device = kind & 1;
        switch (kind >>> 1) {
            case 0 -> core.core.onDevice(device, false, 1_500, core.nowNs);
            case 1 -> core.core.onDevice(device, true, 1_280 + input.u8(), core.nowNs);
            case 2 -> core.core.onAddresses(device, List.of(), core.nowNs);
            case 3 -> core.core.onAddresses(device, addresses(device), core.nowNs);
            case 4 -> endpoint(device);
            case 5 -> forget(1 + input.u8() % 4);
            case 6 -> endpoints().limits(new Limits(input.u8() & 7, input.u8() & 7));
            default -> choose(device == 0, stream);
        }
    }

    private static List<Prefix> addresses(int device) {
        return List.of(new Prefix(FuzzedCore.host(device, true), 24), new Prefix(FuzzedCore.host(device, false), 64));
    }

    private Endpoints endpoints() {
        return core.core.mptcp().hostPaths().endpoints();
    }

    private void endpoint(int device) {
        int flags = input.u8() & (Endpoint.SIGNAL | Endpoint.SUBFLOW | Endpoint.BACKUP | Endpoint.FULLMESH);
        int port = (flags & Endpoint.SIGNAL) != 0 && input.flag() ? 7 : 0;
        try {
            endpoints().add(FuzzedCore.host(device, input.flag()), port, flags, device, 0);
        } catch (EndpointException refused) {
            // That it is refused is an answer, too.
        }
    }

    private void forget(int id) {
        try {
            if (input.flag()) {
                endpoints().remove(id);
            } else {
                endpoints().change(id, input.flag() ? Endpoint.BACKUP : Endpoint.FULLMESH);
            }
        } catch (EndpointException refused) {
            // As above.
        }
    }

    private void choose(boolean scheduler, @Nullable FuzzedStream stream) {
        if (stream == null || !(stream.socket.connection() instanceof MptcpConnection connection)) {
            return;
        }
        List<String> names = scheduler ? SCHEDULERS : MANAGERS;
        String name = names.get(input.u8() % names.size());
        if (scheduler) {
            connection.scheduler(name, core.nowNs);
        } else {
            connection.pathManagers(name);
        }
    }
}
