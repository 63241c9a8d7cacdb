package dev.braid.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/** {@code braid bench jmh}: the benchmarks of single parts, with JMH's own options passed on. */
@Command(name = "jmh", customSynopsis = "braid bench jmh [REGEX...] [--json] [JMH OPTIONS]", description = {
    "Measures single parts with JMH, bytes allocated for each call included.",
    "Takes regular expressions that choose benchmarks (all, if there is none) and passes JMH's own options on; -lp lists "
            + "the benchmarks."
}, mixinStandardHelpOptions = true, footer = {"", "Example:  braid bench jmh Checksum -f 1 -wi 2 -i 3"})
public final class JmhCommand implements Callable<Integer> {
    @Option(names = "--json", description = "Prints JMH's results as JSON.") private boolean json;

    /** The regular expressions too: an option's value must stay behind its option. */
    @Unmatched private List<String> passedOn = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        var arguments = new ArrayList<>(passedOn);
        if (!passedOn.contains("-prof")) {
            arguments.addAll(List.of("-prof", "gc"));
        }
        if (json) {
            // The results go to standard output alone; what JMH says while it runs goes nowhere.
            arguments.addAll(List.of("-rf", "json", "-rff", "/dev/stdout", "-o", "/dev/null"));
        }
        org.openjdk.jmh.Main.main(arguments.toArray(String[]::new));
        return 0;
    }
}
