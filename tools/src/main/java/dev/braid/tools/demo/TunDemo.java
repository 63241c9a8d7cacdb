package dev.braid.tools.demo;

import dev.braid.stack.Stack;
import dev.braid.stack.socket.StreamProtocol;
import dev.braid.tools.nic.NicWatch;
import dev.braid.tools.testbed.BedPath;
import dev.braid.tools.testbed.NotPossibleException;
import dev.braid.tools.testbed.Testbed;
import dev.braid.tundriver.netlink.LinkStatistics;
import dev.braid.tundriver.netlink.MonitorThread;
import dev.braid.tundriver.netns.KernelCounters;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The demo on real TUNs: Braid in the client's namespace, the kernel in the server's; then the kernel in both. */
final class TunDemo {
    /** What the server's kernel counts when a connection does not stay Multipath TCP. */
    private static final List<String> FALLBACKS = List.of("MPTcpExtMPCapableFallbackACK", "MPTcpExtDssFallback",
            "MPTcpExtDSSCorruptionFallback", "MPTcpExtMPFallbackTokenInit", "MPTcpExtMPCapableDataFallback");

    private final DemoPlan plan;
    private final PrintStream progress;

    TunDemo(DemoPlan plan, PrintStream progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /**
     * Makes the testbed, runs both directions, takes everything down.
     *
     * @throws NotPossibleException when the testbed cannot be made, with one line that says why
     */
    DemoResult run() throws IOException, NotPossibleException {
        try (Testbed testbed = Testbed.create(plan.paths())) {
            if (plan.protocol() == StreamProtocol.MPTCP) {
                testbed.configureKernelMptcp();
            }
            Measured braid = measureBraid(testbed);
            Totals kernel = null;
            if (plan.besideKernel()) {
                progress.println("the kernel in Braid's place:");
                kernel = transfers(testbed, new KernelClient(testbed.client(), plan.protocol()), plan, progress);
            }
            return new DemoResult("tun", braid.totals(), braid.paths(), braid.reinjected(), braid.fallback(), kernel);
        }
    }

    private record Measured(Totals totals, List<PathResult> paths, long reinjected, boolean fallback) {}

    @SuppressWarnings("try") // the NICs are watched by being watched
    private Measured measureBraid(Testbed testbed) throws IOException, NotPossibleException {
        Map<String, Long> before = KernelCounters.of(testbed.server());
        try (Stack stack = testbed.startBraid(Stack.builder().protocol(plan.protocol()))) {
            var client = new BraidClient(stack);
            warmUp(testbed, client);
            var statistics = testbed.paths().stream().map(BedPath::statistics).toList();
            try (SubflowWatch watch = SubflowWatch.start(stack);
                    MonitorThread nics = watchNics(testbed, stack)) {
                Totals totals = transfers(testbed, client, plan, progress);
                watch.sample();
                return new Measured(totals, paths(testbed, statistics, watch), watch.bytesReinjected(),
                        watch.fellBack() || fellBack(before, testbed));
            }
        }
    }

    /** The stack hears of its NICs as a daemon that binds them does: from netlink. */
    private static MonitorThread watchNics(Testbed testbed, Stack stack) {
        var linksByNic = new HashMap<String, String>();
        testbed.paths().forEach(path -> linksByNic.put(path.name(), path.tun()));
        return testbed.client().call(() -> NicWatch.start(stack.paths(), linksByNic));
    }

    private boolean fellBack(Map<String, Long> before, Testbed testbed) throws IOException {
        Map<String, Long> after = KernelCounters.of(testbed.server());
        long capable = after.getOrDefault("MPTcpExtMPCapableACKRX", 0L)
                - before.getOrDefault("MPTcpExtMPCapableACKRX", 0L);
        boolean fell = FALLBACKS.stream()
                .anyMatch(name -> after.getOrDefault(name, 0L) > before.getOrDefault(name, 0L));
        return plan.protocol() == StreamProtocol.MPTCP && (fell || capable < 2L * Direction.values().length);
    }

    /** Lets the JVM compile what it will run: a program that has just begun is not what is measured. */
    private void warmUp(Testbed testbed, Client client) throws IOException {
        var quiet = new PrintStream(OutputStream.nullOutputStream());
        transfers(testbed, client, plan.warmUp(), quiet);
    }

    private Totals transfers(Testbed testbed, Client client, DemoPlan what, PrintStream shown) throws IOException {
        var results = new ArrayList<TransferResult>();
        for (Direction direction : Direction.values()) {
            try (KernelPeer peer = KernelPeer.listen(testbed.server(), Testbed.SERVER_ADDRESS, plan.protocol())) {
                results.add(new Transfer(direction, client, peer, testbed.paths(), what).run(shown));
            }
        }
        return new Totals(results, plan.capacityMbit());
    }

    private static List<PathResult> paths(Testbed testbed, List<LinkStatistics> before, SubflowWatch watch) {
        var results = new ArrayList<PathResult>();
        for (int i = 0; i < before.size(); i++) {
            BedPath path = testbed.paths().get(i);
            LinkStatistics now = path.statistics();
            results.add(new PathResult(path.name(), now.rxBytes() - before.get(i).rxBytes(),
                    now.txBytes() - before.get(i).txBytes(), watch.retransmits(path.tunAddress()),
                    watch.srttNs(path.tunAddress())));
        }
        return results;
    }
}
