package dev.braid.bench.tun;

import dev.braid.bench.bed.OtherLoad;
import dev.braid.bench.bed.WorkerProcess;
import dev.braid.bench.worker.Message;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.tundriver.netlink.Route;
import dev.braid.tundriver.netlink.Rtnetlink;
import dev.braid.tundriver.netns.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Two namespaces: one with the client and a device towards each peer, one with the kernel as a peer. All peers stay alive
 * and warm while they take turns; a peer's device has a /24 of its own, with .1 the client's end.
 *
 * <pre>
 *   client's namespace: client ── 10.78.N.1 tunN ── raw, braid … (10.78.N.2)
 *                              ── 10.78.N.1 linkN ─────────────── veth ─── linkN 10.78.N.2 kernel, other namespace
 *                              ── 10.78.N.1 tunN ── relay ─────────── tunN 10.78.N.2 kernel, other namespace
 * </pre>
 */
final class Bed implements AutoCloseable {
    /** What the kernel's connections are pinned to. */
    static final String CONGESTION_CONTROL = "cubic";

    /** One peer as the client reaches it, with or without offloads. */
    record Reach(String host, WorkerProcess peer, List<WorkerProcess> processes) {}

    private record Key(Peer peer, boolean offloads) {}

    private final NetworkNamespace clientSide = NetworkNamespace.create("bench-client");
    private final NetworkNamespace peerSide = NetworkNamespace.create("bench-peer");
    private final OtherLoad load;
    private final @Nullable Path flights;
    private final List<WorkerProcess> workers = new ArrayList<>();
    private final Map<Key, Reach> reached = new HashMap<>();
    private final WorkerProcess client;
    private @Nullable WorkerProcess kernel;

    /**
     * Makes the namespaces and starts the client.
     *
     * @param load told of every process
     * @param flights a folder for flight recordings of every worker, or {@code null}
     */
    Bed(OtherLoad load, @Nullable Path flights) throws IOException {
        this.load = load;
        this.flights = flights;
        for (NetworkNamespace side : List.of(clientSide, peerSide)) {
            side.sysctl("net.ipv6.conf.all.disable_ipv6", "1");
            side.sysctl("net.ipv6.conf.default.disable_ipv6", "1");
        }
        // Thousands of short connections a second must not run out of ports.
        clientSide.sysctl("net.ipv4.ip_local_port_range", "1024 65000");
        clientSide.sysctl("net.ipv4.tcp_max_tw_buckets", "1000");
        client = worker(clientSide, "client", Message.of("client"));
    }

    /** The client. */
    WorkerProcess client() {
        return client;
    }

    /** The peer, started the first time. */
    Reach reach(Peer peer, boolean offloads) throws IOException {
        Reach known = reached.get(new Key(peer, offloads));
        if (known == null) {
            known = switch (peer) {
                case VETH -> overVeth(net(peer, offloads), offloads);
                case RELAY -> overRelay(net(peer, offloads), offloads);
                default -> onTun(peer, net(peer, offloads), offloads);
            };
            reached.put(new Key(peer, offloads), known);
        }
        return known;
    }

    private static int net(Peer peer, boolean offloads) {
        return 1 + 2 * peer.ordinal() + (offloads ? 0 : 1);
    }

    private static String address(int net, int host) {
        return "10.78." + net + "." + host;
    }

    private static String name(String kind, boolean offloads) {
        return kind + (offloads ? "" : "-1500");
    }

    private Reach onTun(Peer peer, int net, boolean offloads) throws IOException {
        String device = "tun" + net;
        Message description = Message.parse(peer.role() + " " + peer.settings())
                .with("tun", device)
                .with("address", address(net, 2) + "/24")
                .with("offloads", offloads);
        WorkerProcess worker = worker(clientSide, name(peer.label(), offloads), description);
        if (!peer.isBraid()) {
            bringUp(clientSide, device, net, 1);
        }
        pinCongestionControl(clientSide, device, address(net, 2));
        return new Reach(address(net, 2), worker, List.of(worker));
    }

    private Reach overVeth(int net, boolean offloads) throws IOException {
        String device = "link" + net;
        try (Rtnetlink netlink = clientSide.netlink()) {
            netlink.createVeth(device, device, peerSide.descriptor());
        }
        return towardsKernel(device, net, offloads, List.of());
    }

    private Reach overRelay(int net, boolean offloads) throws IOException {
        String device = "tun" + net;
        WorkerProcess relay = worker(clientSide, name("relay", offloads), Message.of("relay")
                .with("tun", device)
                .with("namespace", peerSide.path())
                .with("offloads", offloads));
        return towardsKernel(device, net, offloads, List.of(relay));
    }

    private Reach towardsKernel(String device, int net, boolean offloads, List<WorkerProcess> between)
            throws IOException {
        bringUp(clientSide, device, net, 1);
        bringUp(peerSide, device, net, 2);
        pinCongestionControl(clientSide, device, address(net, 2));
        pinCongestionControl(peerSide, device, address(net, 1));
        if (!offloads) {
            for (NetworkNamespace side : List.of(clientSide, peerSide)) {
                side.exec("ip", "link", "set", "dev", device, "gso_max_segs", "1");
            }
        }
        WorkerProcess peer = kernel;
        if (peer == null) {
            peer = worker(peerSide, "kernel", Message.of("kernel"));
            kernel = peer;
        }
        var processes = new ArrayList<>(between);
        processes.add(peer);
        return new Reach(address(net, 2), peer, processes);
    }

    private WorkerProcess worker(NetworkNamespace side, String name, Message description) throws IOException {
        WorkerProcess worker = WorkerProcess.start(side, name, description, flights);
        workers.add(worker);
        load.isOurs(worker.pid());
        return worker;
    }

    private static void bringUp(NetworkNamespace side, String device, int net, int host) {
        try (Rtnetlink netlink = side.netlink()) {
            int index = netlink.link(device).index();
            netlink.addAddress(index, Prefix.parse(address(net, host) + "/24"));
            netlink.up(index);
        }
    }

    /** By a route, since the sysctl gives EPERM in a new namespace. */
    private static void pinCongestionControl(NetworkNamespace side, String device, String to) {
        try (Rtnetlink netlink = side.netlink()) {
            netlink.addRoute(Route.to(Prefix.parse(to + "/32"))
                    .device(netlink.link(device).index())
                    .congestionControl(CONGESTION_CONTROL)
                    .build());
        }
    }

    @Override
    public void close() {
        workers.forEach(WorkerProcess::close);
        clientSide.close();
        peerSide.close();
    }
}
