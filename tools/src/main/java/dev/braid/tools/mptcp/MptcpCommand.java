package dev.braid.tools.mptcp;

import dev.braid.tools.cli.ProcessOption;
import dev.braid.tools.cli.UserError;
import dev.braid.tools.control.ControlClient;
import dev.braid.tools.control.ControlHandler;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code braid mptcp}: a running stack's endpoints, limits and path events in the grammar of {@code ip mptcp}. */
@Command(name = "mptcp", description = "Endpoints, limits and events of Multipath TCP's paths, in the grammar of ip mptcp.", mixinStandardHelpOptions = true, footer = {
    "",
    "  braid mptcp endpoint add ADDRESS [ dev NAME ] [ id ID ] [ port NR ] [ FLAG-LIST ]",
    "  braid mptcp endpoint delete id ID [ ADDRESS ]",
    "  braid mptcp endpoint change [ id ID ] [ ADDRESS ] [ port NR ] CHANGE-OPT",
    "  braid mptcp endpoint show [ id ID ]",
    "  braid mptcp endpoint flush",
    "  braid mptcp limits set [ subflows NR ] [ add_addr_accepted NR ]",
    "  braid mptcp limits show",
    "  braid mptcp monitor",
    "FLAG  := [ signal | subflow | backup | fullmesh | laminar ]",
    "CHANGE-OPT := [ backup | nobackup | fullmesh | nofullmesh ]",
    "",
    "Example:  braid mptcp endpoint add 10.78.0.2 dev tun1 subflow",
    "          braid mptcp limits set subflows 4 add_addr_accepted 2"
})
public final class MptcpCommand implements Callable<Integer> {
    private static final JsonMapper COMPACT = JsonMapper.shared();
    private static final JsonMapper PRETTY = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @Option(names = {"-j", "--json"}, description = "JSON, in ip's form.") private boolean json;

    @Option(names = {"-p", "--pretty"}, description = "Indent the JSON.") private boolean pretty;

    @Mixin private ProcessOption process = new ProcessOption();

    private final PrintStream out;

    /** Answers of a stack in place of a running process's, for tests. */
    private @Nullable ControlHandler answers;

    @Parameters(paramLabel = "OBJECT COMMAND", description = "What to do.") private List<String> words = new ArrayList<>();

    /** The command as picocli makes it. */
    public MptcpCommand() {
        out = System.out;
    }

    MptcpCommand(ControlHandler answers, PrintStream out) {
        this.answers = answers;
        this.out = out;
    }

    @Override
    public Integer call() throws IOException {
        String object = words.isEmpty() ? "endpoint" : words.getFirst();
        List<String> rest = words.isEmpty() ? List.of() : words.subList(1, words.size());
        if (isShort(object, "endpoint")) {
            return endpoint(rest);
        }
        if (isShort(object, "limits")) {
            return limits(rest);
        }
        if (isShort(object, "monitor")) {
            if (!rest.isEmpty()) {
                throw unknown(rest.getFirst());
            }
            try (ControlClient client = ControlClient.find(process.pid())) {
                return new Monitor(client, json).run();
            }
        }
        if (isShort(object, "help")) {
            CommandLine.usage(this, out);
            return 0;
        }
        throw unknown(object);
    }

    private int endpoint(List<String> rest) throws IOException {
        String verb = rest.isEmpty() ? "show" : rest.getFirst();
        List<String> more = rest.isEmpty() ? List.of() : rest.subList(1, rest.size());
        if (isShort(verb, "show") || isShort(verb, "list")) {
            show(EndpointWords.show(more));
        } else if (isShort(verb, "add")) {
            ask("add", EndpointWords.add(more));
        } else if (isShort(verb, "delete")) {
            ask("delete", EndpointWords.delete(more));
        } else if (isShort(verb, "change")) {
            ask("change", EndpointWords.change(more));
        } else if (isShort(verb, "flush")) {
            if (!more.isEmpty()) {
                throw unknown(more.getFirst());
            }
            ask("flush", Map.of());
        } else {
            throw unknown(verb);
        }
        return 0;
    }

    private void show(@Nullable Integer id) throws IOException {
        List<Map<?, ?>> endpoints = new ArrayList<>();
        if (ask("endpoints", Map.of()).get("endpoints") instanceof List<?> all) {
            for (Object one : all) {
                if (one instanceof Map<?, ?> endpoint && (id == null || id.equals(endpoint.get("id")))) {
                    endpoints.add(endpoint);
                }
            }
        }
        if (id != null && endpoints.isEmpty()) {
            throw UserError.failure("address not found.");
        }
        if (json) {
            print(endpoints);
        } else {
            endpoints.forEach(endpoint -> out.println(EndpointLine.text(endpoint)));
        }
    }

    private int limits(List<String> rest) throws IOException {
        String verb = rest.isEmpty() ? "show" : rest.getFirst();
        if (isShort(verb, "set")) {
            ask("limits", limitsGiven(rest.subList(1, rest.size())));
        } else if (isShort(verb, "show")) {
            Map<String, ?> limits = ask("limits", Map.of());
            if (json) {
                print(List.of(limits));
            } else {
                var line = new StringBuilder();
                limits.forEach((name, value) -> line.append(name).append(' ').append(value).append(' '));
                out.println(line);
            }
        } else {
            throw unknown(verb);
        }
        return 0;
    }

    private static Map<String, Object> limitsGiven(List<String> words) {
        var given = new LinkedHashMap<String, Object>();
        for (Iterator<String> rest = words.iterator(); rest.hasNext();) {
            String word = rest.next();
            String name = isShort(word, "subflows")
                    ? "subflows"
                    : isShort(word, "add_addr_accepted") ? "add_addr_accepted" : "";
            if (name.isEmpty()) {
                throw EndpointWords.wrong(word, "unknown limit");
            }
            given.put(name, EndpointWords.number(rest, 255, "invalid " + name));
        }
        return given;
    }

    private Map<String, ?> ask(String what, Map<String, Object> request) throws IOException {
        var full = new LinkedHashMap<String, Object>(request);
        full.put("do", what);
        if (answers != null) {
            return answers.answer(full);
        }
        try (ControlClient client = ControlClient.find(process.pid())) {
            return client.ask("mptcp", full);
        }
    }

    private void print(Object value) {
        out.println((pretty ? PRETTY : COMPACT).writeValueAsString(value));
    }

    /** iproute2 takes any beginning of a word for it. */
    static boolean isShort(String given, String whole) {
        return !given.isEmpty() && whole.startsWith(given);
    }

    private static UserError unknown(String word) {
        return UserError.usage("Command \"" + word + "\" is unknown, try \"braid mptcp --help\".");
    }
}
