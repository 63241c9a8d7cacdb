package dev.braid.bench.loss;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code braid bench kernel-loss}: recovery and congestion control beside the kernel's. */
@Command(name = "kernel-loss", description = {
    "Sends the same bytes over the same emulated links, on which the same packets are lost: from the kernel to the kernel, twice, "
            + "from the kernel to Braid and from Braid to the kernel, with the same congestion control.",
    "Pairs take turns in rounds; shown are medians, their ratio to the kernel's, and whether a lower one lies within the "
            + "kernel's own spread."
}, mixinStandardHelpOptions = true, footer = {"",
    "Example:  braid bench kernel-loss --cells wifi,lte --congestion cubic --rounds 3"})
public final class KernelLossCommand implements Callable<Integer> {
    private static final List<String> CONTROLS = List.of("cubic", "reno");

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--cells", paramLabel = "NAME,...", split = ",", description = "Which links: lan, fibre, cable, dsl, wifi, lte, edge, satellite, transatlantic, congested, reordering, duplicating. Default: all.") private List<String> cells = new ArrayList<>();

    @Option(names = "--congestion", paramLabel = "NAME,...", split = ",", description = "Which congestion controls: cubic, reno. Default: both.") private List<String> congestion = new ArrayList<>();

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Transfers of each pair. Default: 5.") private int rounds = 5;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Decides which packets are lost. Default: 1.") private long seed = 1;

    @Option(names = "--beds", paramLabel = "N", defaultValue = "3", description = "How many cells of at most 100 Mbit/s run at a time, 1 to 8. Default: 3.") private int beds = 3;

    @Option(names = "--trace", paramLabel = "FOLDER", description = "Puts there what each sender says of its window, losses and times, every 10 ms.") private @Nullable Path trace;

    @Option(names = "--json", description = "Prints the report as JSON.") private boolean json;

    @Option(names = "--markdown", description = "Prints the table as docs/performance.md has it.") private boolean markdown;

    @Override
    public Integer call() throws IOException {
        if (rounds < 1 || rounds > 100) {
            throw wrong("--rounds " + rounds + ": 1 to 100");
        }
        if (beds < 1 || beds > 8) {
            throw wrong("--beds " + beds + ": 1 to 8");
        }
        if (json && markdown) {
            throw wrong("--json and --markdown: one of them");
        }
        var plan = new LossRun.Plan(chosenCells(), chosenControls(), rounds, seed, beds, absolute(trace));
        if (trace != null) {
            Files.createDirectories(trace);
        }
        List<Comparison> comparisons = new LossRun(plan, System.err::println).run();
        var report = new LossReport(plan, comparisons);
        System.out.println((json ? report.json() : markdown ? report.markdown() : report.text()).stripTrailing());
        return 0;
    }

    /** Workers may have another working directory. */
    private static @Nullable Path absolute(@Nullable Path folder) {
        return folder == null ? null : folder.toAbsolutePath();
    }

    private List<Cell> chosenCells() {
        if (cells.isEmpty()) {
            return List.of(Cell.values());
        }
        return cells.stream()
                .map(name -> Cell.named(name)
                        .orElseThrow(() -> wrong("--cells " + name + ": no such cell; known are "
                                + Arrays.stream(Cell.values()).map(Cell::label).collect(Collectors.joining(", ")))))
                .distinct()
                .toList();
    }

    private List<String> chosenControls() {
        for (String name : congestion) {
            if (!CONTROLS.contains(name)) {
                throw wrong("--congestion " + name + ": no such congestion control; known are "
                        + String.join(", ", CONTROLS));
            }
        }
        return congestion.isEmpty() ? CONTROLS : congestion.stream().distinct().toList();
    }

    private ParameterException wrong(String why) {
        return new ParameterException(spec.commandLine(), why);
    }
}
