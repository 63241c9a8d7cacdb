package dev.braid.bench.loss;

import dev.braid.bench.bed.OtherLoad;
import dev.braid.bench.bed.WorkerProcess;
import dev.braid.bench.worker.Message;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.tundriver.netlink.Route;
import dev.braid.tundriver.netlink.Rtnetlink;
import dev.braid.tundriver.netns.NetworkNamespace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Two hosts and the emulated link between them. On each there is the kernel's TCP, right on the link's TUN, and Braid behind
 * a TUN of its own, for which the kernel forwards. Data always goes from near to far.
 *
 * <pre>
 *   near: kernel 10.78.1.1 ─────────────── wire0 ~~ emulated link ~~ wire0 ─────────────── 10.78.2.1 kernel :far
 *         Braid  10.77.1.2 ─ braid0 ─ forwards ┘                   └ forwards ─ braid0 ─ 10.77.2.2 Braid
 * </pre>
 */
final class LossBed implements AutoCloseable {
    private static final String WIRE = "wire0";
    private static final String BRAID_DEVICE = "braid0";
    /** Packets: a burst must wait for the emulator's thread, not be lost before the link has seen it. */
    private static final int WIRE_QUEUE = 10_000;

    // In real time, the link first: the kernel's TCP does its work on the thread that brings it a packet, and Braid must not wait
    // longer than it.
    private static final int LINK = 3;
    private static final int BRAID = 2;
    private static final int KERNEL = 1;

    /** One of the two. */
    private final class Host {
        private final int net;
        private final NetworkNamespace namespace;
        private final WorkerProcess kernel;
        private final WorkerProcess braid;

        Host(String name, int net, NetworkNamespace namespace) throws IOException {
            this.net = net;
            this.namespace = namespace;
            namespace.sysctl("net.ipv4.ip_forward", "1");
            // What one transfer has learnt of the path, the next must not profit from.
            namespace.sysctl("net.ipv4.tcp_no_metrics_save", "1");
            kernel = worker(namespace, name + "-kernel", Message.of("kernel").with("few", true), KERNEL);
            braid = worker(namespace, name + "-braid",
                    Message.parse("braid threads=inline prediction=true offloads=true")
                            .with("few", true)
                            .with("tun", BRAID_DEVICE)
                            .with("address", "10.77." + net + ".2/24"),
                    BRAID);
        }

        String address(boolean ofBraid) {
            return ofBraid ? "10.77." + net + ".2" : "10.78." + net + ".1";
        }

        WorkerProcess end(boolean isBraid) {
            return isBraid ? braid : kernel;
        }

        void bringUpWire() {
            try (Rtnetlink netlink = namespace.netlink()) {
                int index = netlink.link(WIRE).index();
                netlink.txQueueLength(index, WIRE_QUEUE);
                netlink.addAddress(index, Prefix.parse("10.78." + net + ".1/24"));
                netlink.up(index);
            }
        }

        /** The way to the other host. By a route, since the sysctl gives EPERM in a new namespace. */
        void pin(Host other, String control) throws IOException {
            try (Rtnetlink netlink = namespace.netlink()) {
                for (String prefix : List.of("10.77.", "10.78.")) {
                    netlink.replaceRoute(Route.to(Prefix.parse(prefix + other.net + ".0/24"))
                            .device(netlink.link(WIRE).index())
                            .congestionControl(control)
                            .build());
                }
            }
            braid.order(Message.of("sysctl").with("name", "net.ipv4.tcp_congestion_control").with("value", control));
        }
    }

    private final LongConsumer isOurs;
    private final List<WorkerProcess> workers = new ArrayList<>();
    private final NetworkNamespace nearSide = NetworkNamespace.create("loss-near");
    private final NetworkNamespace farSide = NetworkNamespace.create("loss-far");
    private final Host near;
    private final Host far;
    private final WorkerProcess link;

    /**
     * Makes the hosts, the link and what runs on them.
     *
     * @param isOurs told the id of every process, for {@link OtherLoad#isOurs}
     */
    LossBed(LongConsumer isOurs) throws IOException {
        this.isOurs = isOurs;
        try {
            near = new Host("near", 1, nearSide);
            far = new Host("far", 2, farSide);
            link = worker(nearSide, "link", Message.of("link").with("tun", WIRE).with("namespace", farSide.path()),
                    LINK);
            near.bringUpWire();
            far.bringUpWire();
            for (WorkerProcess receiver : List.of(far.kernel, far.braid)) {
                receiver.order(Message.of("verify").with("on", true));
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private WorkerProcess worker(NetworkNamespace side, String name, Message description, int priority)
            throws IOException {
        WorkerProcess worker = WorkerProcess.startPreferred(side, name, description, priority);
        workers.add(worker);
        isOurs.accept(worker.pid());
        return worker;
    }

    /** Connections from now on use this congestion control at both ends, Braid's too. */
    void pin(String control) throws IOException {
        near.pin(far, control);
        far.pin(near, control);
    }

    /** The emulator. */
    WorkerProcess link() {
        return link;
    }

    /** Who sends in this pair. */
    WorkerProcess sender(Pair pair) {
        return near.end(pair.braidSends());
    }

    /** Who receives in this pair. */
    WorkerProcess receiver(Pair pair) {
        return far.end(pair.braidReceives());
    }

    /** Where the receiver of this pair listens. */
    String receiverAddress(Pair pair) {
        return far.address(pair.braidReceives());
    }

    @Override
    public void close() {
        workers.forEach(WorkerProcess::close);
        nearSide.close();
        farSide.close();
    }
}
