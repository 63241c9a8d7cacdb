package dev.braid.bench.aggregation;

import dev.braid.bench.bed.WorkerProcess;
import dev.braid.bench.worker.Message;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.tundriver.netlink.Route;
import dev.braid.tundriver.netlink.Rtnetlink;
import dev.braid.tundriver.netlink.Rule;
import dev.braid.tundriver.netns.NetworkNamespace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * A client and a server with two emulated links between them. The client is the kernel, right on the links' TUNs, or Braid, behind a
 * TUN of its own for each link, for which the kernel forwards; the server is the kernel, at one address that both links lead to.
 *
 * <pre>
 *   client: kernel 10.78.1.1 ----------------- wire0 ~~ emulated link ~~ wire0
 *           Braid  10.76.1.2 - braid0 -forwards-^                            :server 10.80.2.1
 *           kernel 10.79.1.1 ----------------- wire1 ~~ emulated link ~~ wire1
 *           Braid  10.77.1.2 - braid1 -forwards-^
 * </pre>
 */
final class AggregationBed implements AutoCloseable {
    static final String SERVER = "10.80.2.1";

    private static final Prefix SERVER_NET = Prefix.parse("10.80.2.0/24");
    /** Packets: a burst must wait for the emulator's thread, not be lost before the link has seen it. */
    private static final int WIRE_QUEUE = 10_000;
    private static final int LINKS = 2;
    private static final int FIRST_TABLE = 100;
    private static final int RULES_FROM = 1000;
    private static final String CONTROL = "cubic";

    // In real time, the links first: see the bed of the lossy links.
    private static final int LINK = 3;
    private static final int BRAID = 2;
    private static final int KERNEL = 1;

    private final LongConsumer isOurs;
    private final List<WorkerProcess> workers = new ArrayList<>();
    private final NetworkNamespace clientSide = NetworkNamespace.create("aggregation-client");
    private final NetworkNamespace serverSide = NetworkNamespace.create("aggregation-server");
    private final WorkerProcess server;
    private final WorkerProcess kernel;
    private final WorkerProcess braid;
    private final List<WorkerProcess> links = new ArrayList<>();

    /** @param isOurs told the id of every process */
    AggregationBed(LongConsumer isOurs) throws IOException {
        this.isOurs = isOurs;
        try {
            for (NetworkNamespace side : List.of(clientSide, serverSide)) {
                // What one transfer has learnt of the path, the next must not profit from.
                side.sysctl("net.ipv4.tcp_no_metrics_save", "1");
                side.exec("ip", "mptcp", "limits", "set", "subflows", "1", "add_addr_accepted", "1");
            }
            clientSide.sysctl("net.ipv4.ip_forward", "1");
            for (int i = 0; i < LINKS; i++) {
                links.add(worker(clientSide, "link" + i,
                        Message.of("link").with("tun", "wire" + i).with("namespace", serverSide.path()), LINK));
            }
            braid = worker(clientSide, "braid",
                    Message.parse("braid threads=inline prediction=true offloads=true few=true protocol=mptcp")
                            .with("tun", "braid0,braid1").with("address", "10.76.1.2/24,10.77.1.2/24"),
                    BRAID);
            route();
            clientSide.exec("ip", "mptcp", "endpoint", "add", "10.79.1.1", "dev", "wire1", "subflow");
            server = worker(serverSide, "server", Message.parse("kernel few=true protocol=mptcp"), KERNEL);
            kernel = worker(clientSide, "kernel", Message.parse("kernel few=true protocol=mptcp"), KERNEL);
            server.order(Message.of("verify").with("on", true));
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

    private void route() {
        try (Rtnetlink ofClient = clientSide.netlink();
                Rtnetlink ofServer = serverSide.netlink()) {
            ofServer.addAddress(ofServer.link("lo").index(), Prefix.parse(SERVER + "/32"));
            for (int i = 0; i < LINKS; i++) {
                Prefix kernels = Prefix.parse("10.7" + (8 + i) + ".1.0/24");
                Prefix braids = Prefix.parse("10.7" + (6 + i) + ".1.0/24");
                int near = bringUp(ofClient, "wire" + i, "10.7" + (8 + i) + ".1.1/24");
                int far = bringUp(ofServer, "wire" + i, "10.7" + (8 + i) + ".2.1/24");
                for (Prefix net : List.of(kernels, braids)) {
                    ofServer.addRoute(Route.to(net).device(far).congestionControl(CONTROL).build());
                    ofClient.addRule(Rule.from(net, FIRST_TABLE + i, RULES_FROM + i, Route.RTPROT_STATIC));
                }
                ofClient.addRoute(
                        Route.to(SERVER_NET).device(near).table(FIRST_TABLE + i).congestionControl(CONTROL).build());
                ofClient.addRoute(
                        Route.to(SERVER_NET).device(near).priority(1 + i).congestionControl(CONTROL).build());
            }
        }
    }

    private static int bringUp(Rtnetlink netlink, String device, String address) {
        int index = netlink.link(device).index();
        netlink.txQueueLength(index, WIRE_QUEUE);
        netlink.addAddress(index, Prefix.parse(address));
        netlink.up(index);
        return index;
    }

    /** The emulators, by link. */
    WorkerProcess link(int link) {
        return links.get(link);
    }

    WorkerProcess server() {
        return server;
    }

    WorkerProcess client(boolean isBraid) {
        return isBraid ? braid : kernel;
    }

    /** Where a client leaves from over one link. */
    String address(boolean isBraid, Use use) {
        int link = use == Use.SECOND ? 1 : 0;
        return isBraid ? "10.7" + (6 + link) + ".1.2" : "10.7" + (8 + link) + ".1.1";
    }

    /** Whether clients may add a second subflow. */
    void join(boolean wanted) throws IOException {
        String most = wanted ? "1" : "0";
        clientSide.exec("ip", "mptcp", "limits", "set", "subflows", most);
        braid.order(Message.of("subflows").with("most", most));
    }

    @Override
    public void close() {
        workers.forEach(WorkerProcess::close);
        clientSide.close();
        serverSide.close();
    }
}
