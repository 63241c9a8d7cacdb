package dev.braid.bench.tun;

import dev.braid.bench.bed.Disturbance;
import dev.braid.bench.bed.OtherLoad;
import dev.braid.bench.bed.WorkerProcess;
import dev.braid.bench.worker.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs tests of peers in rounds: each round measures every peer once, one after another, so that what drifts drifts for all.
 * A pass before the first warms every pair up and compares every byte that is moved. A test's round in which something else
 * ran is dropped for all peers and repeated, up to as many times as there are rounds.
 */
final class TunTable {
    /** The most of it: C2 needs several seconds of processor time for the path of a frame. */
    private static final long WARM_UP_MS = 5000;
    private static final String ONE_CORE = "0";

    /**
     * What to run.
     *
     * @param rounds measured passes, at least 1
     * @param millis length of one measurement
     * @param rate exchanges a second of the test at a fixed rate
     */
    record Plan(List<TestCase> tests, List<Peer> peers, int rounds, long millis, int rate) {}

    /**
     * What came of it.
     *
     * @param kept measurements that count
     * @param dropped those that something else spoiled
     */
    record Outcome(List<Measurement> kept, List<Measurement> dropped) {}

    private final Plan plan;
    private final Bed bed;
    private final OtherLoad load;
    private final Consumer<String> progress;
    private final String allCores = "0-" + (Runtime.getRuntime().availableProcessors() - 1);

    TunTable(Plan plan, Bed bed, OtherLoad load, Consumer<String> progress) {
        this.plan = plan;
        this.bed = bed;
        this.load = load;
        this.progress = progress;
    }

    /** Runs everything. */
    Outcome run() throws IOException {
        var kept = new ArrayList<Measurement>();
        var dropped = new ArrayList<Measurement>();
        for (TestCase test : plan.tests()) {
            for (Peer peer : plan.peers()) {
                measure(test, peer, 0);
            }
        }
        for (TestCase test : plan.tests()) {
            var clean = new ArrayList<Measurement>();
            var spoiled = new ArrayList<Measurement>();
            for (int round = 1; clean.size() < plan.rounds() * plan.peers().size() && round <= 2 * plan.rounds();) {
                List<Measurement> pass = round(test, round++);
                boolean quiet = pass.stream().allMatch(one -> one.disturbance() == null);
                (quiet ? clean : spoiled).addAll(pass);
            }
            kept.addAll(keep(clean, spoiled));
            dropped.addAll(clean.isEmpty() ? List.of() : spoiled);
        }
        return new Outcome(kept, dropped);
    }

    private List<Measurement> round(TestCase test, int round) throws IOException {
        var pass = new ArrayList<Measurement>();
        for (Peer peer : plan.peers()) {
            pass.add(measure(test, peer, round));
        }
        return pass;
    }

    /** The clean ones; where there are none at all the spoiled ones have to do, and the report says so. */
    static List<Measurement> keep(List<Measurement> clean, List<Measurement> spoiled) {
        return clean.isEmpty() ? spoiled : clean;
    }

    private Measurement measure(TestCase test, Peer peer, int round) throws IOException {
        boolean verify = round == 0;
        progress.accept((verify ? "warm-up" : "round " + round) + ": " + test.label() + " " + peer.label());
        Bed.Reach reach = bed.reach(peer, test.offloads());
        Set<WorkerProcess> processes = new HashSet<>(reach.processes());
        processes.add(bed.client());
        for (WorkerProcess process : processes) {
            process.pin(test.isOnOneCore() ? ONE_CORE : allCores);
        }
        reach.peer().order(Message.of("verify").with("on", verify));
        Message before = reach.peer().order(Message.of("report"));
        var unused = load.takeWorst();
        double cpuBefore = cpuSeconds(processes);
        long startNs = System.nanoTime();
        Message client = bed.client().order(Message.of(test.order())
                .with("host", reach.host())
                .with("port", test.port())
                .with("connections", test.connections())
                .with("ms", verify ? Math.min(WARM_UP_MS, 3 * plan.millis()) : plan.millis())
                .with("rate", plan.rate())
                .with("verify", verify)
                .with("mptcp", peer.isMultipath()));
        double wall = (System.nanoTime() - startNs) / 1e9;
        double cpu = cpuSeconds(processes) - cpuBefore;
        Disturbance disturbance = load.takeWorst();
        Message report = difference(reach.peer().order(Message.of("report")), before);
        requireRight(test, peer, client, report);
        return new Measurement(test, peer, round, value(test, client), client, report, cpu, wall, disturbance);
    }

    private static double cpuSeconds(Set<WorkerProcess> processes) throws IOException {
        double seconds = 0;
        for (WorkerProcess process : processes) {
            seconds += process.cpuSeconds();
        }
        return seconds;
    }

    /** Byte counts begin anew with each report; a stack's own counters never do. */
    private static Message difference(Message after, Message before) {
        Message difference = after;
        for (String key : List.of("segments_in", "segments_out", "predicted", "retransmitted", "allocated")) {
            if (after.values().containsKey(key)) {
                difference = difference.with(key, after.number(key) - before.number(key));
            }
        }
        return difference;
    }

    /** A fast wrong answer does not count: as many bytes must have arrived as were sent, and no peer may have complained. */
    static void requireRight(TestCase test, Peer peer, Message client, Message report) throws IOException {
        @Nullable String counted = switch (test.order()) {
            case "stream" -> "received";
            case "maerts" -> "sent";
            default -> null;
        };
        if (report.number("wrong") != 0) {
            throw new IOException(test.label() + " " + peer.label() + ": the peer got wrong bytes: " + report);
        }
        if (counted != null && report.number(counted) != client.number("moved")) {
            throw new IOException(test.label() + " " + peer.label() + ": the client moved " + client.text("moved")
                    + " bytes, the peer " + counted + " " + report.text(counted));
        }
    }

    private static double value(TestCase test, Message client) {
        return switch (test.unit()) {
            case GBIT -> 8.0 * client.number("moved") / client.number("ns");
            case PER_SECOND -> 1e9 * client.number("moved") / client.number("ns");
            case MICROSECONDS -> client.number("p50") / 1e3;
        };
    }
}
