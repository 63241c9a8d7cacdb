package dev.braid.tools.bench;

import dev.braid.tools.cli.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Shows {@code bench} among the commands. The benchmarks are a program of their own, which {@code tools/bin/braid} starts. */
@Command(name = "bench", description = "Measures Braid and its peers: end-to-end tables and benchmarks of single parts.")
public final class BenchCommand implements Callable<Integer> {
    @Unmatched private List<String> passedOn = new ArrayList<>();

    @Override
    public Integer call() {
        throw UserError.failure("the benchmarks are in a jar of their own: tools/bin/braid bench "
                + String.join(" ", passedOn));
    }
}
