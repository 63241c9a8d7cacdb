package dev.braid.bench.tun;

import dev.braid.bench.bed.OtherLoad;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code braid bench tun}: the end-to-end table. */
@Command(name = "tun", description = {
    "Measures Braid beside its peers on real TUNs, in namespaces that it makes: the kernel's TCP over veth and through a TUN "
            + "relay, and a minimal raw reader and writer, the limit. The kernel's side is the same program for all.",
    "Peers take turns in rounds; shown are medians, ranges and ratios within the run. Rounds that another process spoiled are "
            + "dropped and repeated."
}, mixinStandardHelpOptions = true, footer = {"",
    "Example:  braid bench tun --tests stream,maerts,rr --peers raw,braid,relay --rounds 5 --svg tun.svg"})
public final class TunCommand implements Callable<Integer> {
    private static final double LONGEST_S = 10;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--tests", paramLabel = "NAME,...", split = ",", description = "Which tests: stream, maerts, rr, load, crr, stream16, stream128, maerts16, stream1500, maerts1500. Default: all.") private List<String> tests = new ArrayList<>();

    @Option(names = "--peers", paramLabel = "NAME,...", split = ",", description = "Which peers: raw, braid, staged, slowpath, mptcp, veth, relay. Default: all.") private List<String> peers = new ArrayList<>();

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "3", description = "Measured rounds. Default: 3.") private int rounds = 3;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "2", description = "Length of each measurement, 0.1 to 10. Default: 2.") private double seconds = 2;

    @Option(names = "--rate", paramLabel = "N", defaultValue = "10000", description = "Exchanges a second of the test called load. Default: 10000.") private int rate = 10_000;

    @Option(names = "--json", description = "Prints the report as JSON.") private boolean json;

    @Option(names = "--svg", paramLabel = "FILE", description = "Draws a chart as well.") private @Nullable Path svg;

    @Option(names = "--profile", paramLabel = "FOLDER", description = "Puts a flight recording of every process there.") private @Nullable Path profile;

    @Override
    public Integer call() throws IOException {
        if (rounds < 1 || rounds > 100) {
            throw wrong("--rounds " + rounds + ": 1 to 100");
        }
        if (!(seconds >= 0.1 && seconds <= LONGEST_S)) {
            throw wrong("--seconds " + seconds + ": 0.1 to 10");
        }
        if (rate < 1 || rate > 1_000_000) {
            throw wrong("--rate " + rate + ": 1 to 1000000");
        }
        var plan = new TunTable.Plan(chosenTests(), chosenPeers(), rounds, Math.round(seconds * 1000), rate);
        if (profile != null) {
            Files.createDirectories(profile);
        }
        TunTable.Outcome outcome;
        try (OtherLoad load = OtherLoad.watch(); Bed bed = new Bed(load, profile)) {
            outcome = new TunTable(plan, bed, load, System.err::println).run();
        }
        var report = new Report(plan, outcome);
        System.out.println(json ? report.json() : report.text().stripTrailing());
        if (svg != null) {
            Files.writeString(svg, Chart.svg(plan.tests(), outcome.kept()), StandardCharsets.UTF_8);
        }
        return 0;
    }

    private List<TestCase> chosenTests() {
        if (tests.isEmpty()) {
            return List.of(TestCase.values());
        }
        return tests.stream()
                .map(name -> TestCase.named(name)
                        .orElseThrow(() -> wrong("--tests " + name + ": no such test; known are "
                                + Arrays.stream(TestCase.values())
                                        .map(TestCase::label)
                                        .collect(Collectors.joining(", ")))))
                .distinct()
                .toList();
    }

    private List<Peer> chosenPeers() {
        if (peers.isEmpty()) {
            return List.of(Peer.values());
        }
        return peers.stream()
                .map(name -> Arrays.stream(Peer.values())
                        .filter(peer -> peer.label().equals(name.toLowerCase(Locale.ROOT)))
                        .findFirst()
                        .orElseThrow(() -> wrong("--peers " + name + ": no such peer; known are "
                                + Arrays.stream(Peer.values()).map(Peer::label).collect(Collectors.joining(", ")))))
                .distinct()
                .toList();
    }

    private ParameterException wrong(String why) {
        return new ParameterException(spec.commandLine(), why);
    }
}
