package dev.braid.bench.aggregation;

import dev.braid.bench.bed.OtherLoad;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code braid bench aggregation}: two links as one, beside the kernel. */
@Command(name = "aggregation", description = {
    "Moves data between a client with two emulated links and the kernel, down and up, over each link alone and over both. The client is "
            + "Braid and the kernel in turns.",
    "Shown are medians, both links by the sum of each alone, and Braid by the kernel."
}, mixinStandardHelpOptions = true, footer = {"",
    "Example:  braid bench aggregation --cells 40/20@0/0,10/10@1/25 --rounds 3"})
public final class AggregationCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--cells", paramLabel = "RATES@DELAYS,...", split = ",", description = "Which cells, such as 40/20@1/25. Default: all.") private List<String> cells = new ArrayList<>();

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "3", description = "Rounds of each cell. Default: 3.") private int rounds = 3;

    @Option(names = "--seconds", paramLabel = "N", defaultValue = "5", description = "How long each transfer sends. Default: 5.") private double seconds = 5;

    @Option(names = "--beds", paramLabel = "N", defaultValue = "2", description = "How many cells run at a time, 1 to 8. Default: 2.") private int beds = 2;

    @Option(names = "--json", description = "Prints the report as JSON.") private boolean json;

    @Option(names = "--markdown", description = "Prints the table as docs/performance.md has it.") private boolean markdown;

    @Override
    public Integer call() throws IOException {
        if (rounds < 1 || rounds > 100) {
            throw wrong("--rounds " + rounds + ": 1 to 100");
        }
        if (!(seconds >= 0.5 && seconds <= 60)) {
            throw wrong("--seconds " + seconds + ": 0.5 to 60");
        }
        if (beds < 1 || beds > 8) {
            throw wrong("--beds " + beds + ": 1 to 8");
        }
        if (json && markdown) {
            throw wrong("--json and --markdown: one of them");
        }
        var report = new AggregationReport(rounds, seconds, run(chosen()));
        System.out.println((json ? report.json() : markdown ? report.markdown() : report.text()).stripTrailing());
        return 0;
    }

    static List<Cell> all() {
        return Arrays.stream(Cell.Rates.values())
                .flatMap(rates -> Arrays.stream(Cell.Delays.values()).map(delays -> new Cell(rates, delays)))
                .toList();
    }

    private List<Cell> chosen() {
        return cells.isEmpty()
                ? all()
                : cells.stream().map(name -> all().stream().filter(cell -> cell.label().equals(name)).findFirst()
                        .orElseThrow(() -> wrong("--cells " + name + ": no such cell; known are "
                                + all().stream().map(Cell::label).collect(Collectors.joining(", ")))))
                        .distinct()
                        .toList();
    }

    /** Each bed takes the next cell until there is none; the first failure is the run's. */
    private List<Comparison> run(List<Cell> wanted) throws IOException {
        Queue<Cell> left = new ConcurrentLinkedQueue<>(wanted);
        var opened = new ArrayList<AggregationBed>();
        var loads = new ArrayList<OtherLoad>();
        int count = Math.min(beds, wanted.size());
        try {
            for (int i = 0; i < count; i++) {
                loads.add(OtherLoad.watch());
            }
            var tables = new ArrayList<AggregationTable>();
            for (OtherLoad load : loads) {
                var bed = new AggregationBed(pid -> loads.forEach(each -> each.isOurs(pid)));
                opened.add(bed);
                tables.add(new AggregationTable(bed, load, Math.round(seconds * 1000), System.err::println));
            }
            for (AggregationTable table : tables) {
                table.warmUp();
            }
            return sideBySide(tables, left, wanted);
        } finally {
            opened.forEach(AggregationBed::close);
            loads.forEach(OtherLoad::close);
        }
    }

    private List<Comparison> sideBySide(List<AggregationTable> tables, Queue<Cell> left, List<Cell> wanted)
            throws IOException {
        var running = new ArrayList<FutureTask<List<Comparison>>>();
        for (AggregationTable table : tables) {
            var share = new FutureTask<>(() -> {
                var done = new ArrayList<Comparison>();
                for (Cell cell = left.poll(); cell != null; cell = left.poll()) {
                    done.add(table.run(cell, rounds));
                }
                return (List<Comparison>) done;
            });
            running.add(share);
            Thread.ofPlatform().daemon().name("cells").start(share);
        }
        var done = new ArrayList<Comparison>();
        for (FutureTask<List<Comparison>> share : running) {
            done.addAll(result(share));
        }
        done.sort(Comparator.comparing(one -> wanted.indexOf(one.cell())));
        return done;
    }

    private static List<Comparison> result(FutureTask<List<Comparison>> share) throws IOException {
        try {
            return share.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException known ? known : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private ParameterException wrong(String why) {
        return new ParameterException(spec.commandLine(), why);
    }
}
