package dev.braid.tools.drill;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The command lines that scripts run: {@code sysctl} and the link's MTU for real, {@code nstat} from the core's own counters. What
 * only concerns Linux's queueing disciplines, drivers and caches has nothing here to act on and succeeds without effect.
 */
final class ControlCommands {
    private static final Set<String> WITHOUT_EFFECT = Set.of("tc", "ethtool", "ss", "ifconfig");
    private static final int NOT_SUPPORTED = 2;

    private final Host host;
    private final Sysctls sysctls;

    ControlCommands(Host host) {
        this.host = host;
        this.sysctls = new Sysctls(host.core().tunables());
    }

    /**
     * Runs one command.
     *
     * @param commandLine its words, each ended by NUL
     * @return the exit status as the result, what it printed as the data
     */
    Answer run(String commandLine, long nowNs) {
        List<String> words = List.of(commandLine.split("\0"));
        String command = words.getFirst();
        List<String> rest = words.subList(1, words.size());
        return switch (command) {
            case "sysctl" -> sysctls.run(rest);
            case "nstat" -> said(0, nstat());
            case "ip" -> ip(rest, nowNs);
            default -> {
                resize(rest, nowNs);
                yield said(WITHOUT_EFFECT.contains(command) ? 0 : NOT_SUPPORTED, "");
            }
        };
    }

    private Answer ip(List<String> words, long nowNs) {
        if (words.contains("mptcp")) {
            return said(NOT_SUPPORTED, "a drill is of plain TCP over one path\n");
        }
        if (words.contains("link")) {
            resize(words, nowNs);
        }
        // Addresses are fixed, the one route holds for everything, and no metrics outlive a session.
        return said(0, "");
    }

    /** {@code ip link set dev tun0 mtu N} and {@code ifconfig tun0 mtu N}. */
    private void resize(List<String> words, long nowNs) {
        String number = after("mtu", words);
        if (number != null && number.matches("[0-9]{2,5}")) {
            host.core().onDevice(0, true, Integer.parseInt(number), nowNs);
        }
    }

    private static @Nullable String after(String word, List<String> words) {
        int at = words.indexOf(word);
        return at < 0 || at + 1 == words.size() ? null : words.get(at + 1);
    }

    private String nstat() {
        var text = new StringBuilder("#kernel\n");
        host.counters().forEach((name, value) -> {
            if (value != 0) {
                text.append(String.format("%-32s%-16d%s%n", name, value, "0.0"));
            }
        });
        return text.toString();
    }

    /** The answer of a command that ended with this status and printed this. */
    static Answer said(int status, String text) {
        return Answer.of(status).withData(text.getBytes(StandardCharsets.UTF_8));
    }
}
