package dev.braid.tools.nstat;

import dev.braid.tools.cli.ProcessOption;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** {@code braid nstat}: the counters of a running stack as iproute2's {@code nstat} shows the kernel's. */
@Command(name = "nstat", description = "Shows what a running stack has counted since the last call, under the kernel's names.", mixinStandardHelpOptions = true, footer = {
    "",
    "Example:  braid nstat",
    "          braid nstat -az 'Tcp*' '*Drop*'",
    "What was shown last is kept in a file for each stack, $NSTAT_HISTORY or one beside its counters."
})
public final class NstatCommand implements Callable<Integer> {
    @Option(names = {"-a",
        "--ignore"}, description = "Absolute values: leave what was shown last out of account.") private boolean absolute;

    @Option(names = {"-z", "--zeros"}, description = "Counters that did not move, too.") private boolean zeros;

    @Option(names = {"-r", "--reset"}, description = "Forget what was shown last, then show.") private boolean reset;

    @Option(names = {"-n", "--nooutput"}, description = "Show nothing, only remember.") private boolean quiet;

    @Option(names = {"-s", "--noupdate"}, description = "Do not remember what is shown.") private boolean noUpdate;

    @Option(names = {"-j", "--json"}, description = "One JSON object.") private boolean json;

    @Mixin private ProcessOption process = new ProcessOption();

    @Parameters(paramLabel = "PATTERN", description = "Names to show, with * and ? as in a shell.") private List<String> patterns = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        Snapshot snapshot = Snapshot.take(process.pid());
        Map<String, Long> counted = snapshot.counted();
        History history = snapshot.history();
        Map<String, Long> before = absolute || reset ? Map.of() : history.read();
        if (!quiet) {
            show(moved(counted, before));
        }
        if (!noUpdate) {
            history.write(counted);
        }
        return 0;
    }

    private Map<String, Long> moved(Map<String, Long> counted, Map<String, Long> before) {
        Pattern wanted = glob(patterns);
        var moved = new LinkedHashMap<String, Long>();
        counted.forEach((name, value) -> {
            long step = value - before.getOrDefault(name, 0L);
            if (wanted.matcher(name).matches() && (zeros || step != 0)) {
                moved.put(name, step);
            }
        });
        return moved;
    }

    private void show(Map<String, Long> moved) {
        var out = new StringBuilder();
        if (json) {
            out.append(JsonMapper.shared().writeValueAsString(Map.of("kernel", moved))).append('\n');
        } else {
            out.append("#kernel\n");
            moved.forEach((name, value) -> out.append(History.line(name, value)));
        }
        System.out.print(out);
        System.out.flush();
    }

    /** One pattern out of several of a shell's; all names when there is none. */
    static Pattern glob(List<String> globs) {
        if (globs.isEmpty()) {
            return Pattern.compile(".*");
        }
        var regex = new StringBuilder();
        for (String glob : globs) {
            regex.append(regex.isEmpty() ? "" : "|");
            for (char c : glob.toCharArray()) {
                regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(regex.toString());
    }
}
