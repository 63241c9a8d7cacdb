package dev.braid.stack.storm;

import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.fastpath.sim.SplitMix64;
import dev.braid.stack.congestion.CongestionControls;
import dev.braid.stack.core.StackCore;
import java.util.ArrayList;
import java.util.List;

/** What administrators choose and may change: congestion control, ECN, how losses are found, and the MTU. */
final class Choices {
    private record Tunable(String name, String... values) {}

    /** Those that a core does not have are left alone. */
    private static final List<Tunable> TUNABLES = List.of(
            new Tunable("net.ipv4.tcp_ecn", "0", "1", "1", "2"),
            new Tunable("net.ipv4.tcp_ecn_fallback", "0", "1"),
            new Tunable("net.ipv4.tcp_recovery", "0", "1", "1", "2", "4", "7"),
            new Tunable("net.ipv4.tcp_early_retrans", "0", "3", "3", "4"),
            new Tunable("net.ipv4.tcp_reordering", "3", "3", "10"),
            new Tunable("net.ipv4.tcp_max_reordering", "300", "4"),
            new Tunable("net.ipv4.tcp_frto", "0", "1", "2"),
            new Tunable("net.ipv4.tcp_dsack", "0", "1", "1"),
            new Tunable("net.ipv4.tcp_sack", "0", "1", "1", "1"),
            new Tunable("net.ipv4.tcp_timestamps", "0", "1", "1"),
            new Tunable("net.ipv4.tcp_thin_linear_timeouts", "0", "1"),
            new Tunable("net.ipv4.tcp_slow_start_after_idle", "0", "1"),
            new Tunable("net.ipv4.tcp_moderate_rcvbuf", "0", "1", "1"),
            new Tunable("net.ipv4.tcp_no_metrics_save", "0", "1"),
            new Tunable("net.ipv4.tcp_autocorking", "0", "1"));

    private static final String PREFIX = "net.ipv4.";
    private static final String CONGESTION = "net.ipv4.tcp_congestion_control";

    private Choices() {}

    /** Tells a core what it runs with; the answer is for the report. */
    static String tell(SplitMix64 random, StackCore core) {
        List<String> names = core.tunables().names();
        var told = new ArrayList<String>();
        for (Tunable tunable : TUNABLES) {
            tell(core, names, tunable.name, tunable.values[random.nextInt(tunable.values.length)], told);
        }
        tell(core, names, CONGESTION, control(random), told);
        return String.join(" ", told);
    }

    private static void tell(StackCore core, List<String> names, String name, String value, List<String> told) {
        if (names.contains(name)) {
            core.tunables().set(name, value);
            told.add(name.substring(PREFIX.length()) + '=' + value);
        }
    }

    /** The name of any congestion control there is. */
    static String control(SplitMix64 random) {
        List<String> controls = CongestionControls.STANDARD.names();
        return controls.get(random.nextInt(controls.size()));
    }

    /** A queue that marks, now and then. */
    static LinkConfig marking(SplitMix64 random, LinkConfig link) {
        if (random.chance(0.5)) {
            return link;
        }
        LinkConfig marks = random.chance(0.5)
                ? link.markAbove(random.between(1, 60) * 1_500)
                : link.markAfter(random.between(1, 20) * 1_000_000L);
        return random.chance(0.5) ? marks.dropUnmarkable() : marks;
    }

    /** One thing that happens to both ends of the link. */
    record Change(long atNs, int mtu) {}

    /** What happens during the traffic, in order. */
    static List<Change> changes(SplitMix64 random, boolean v4, int mtu) {
        var changes = new ArrayList<Change>();
        long atNs = 0;
        int count = random.chance(0.5) ? 0 : random.between(1, 6);
        for (int i = 0; i < count; i++) {
            atNs += random.between(1, 700) * 1_000_000L;
            int least = v4 ? 576 : 1_280;
            // Often back to where it was, sometimes beyond.
            int next = random.chance(0.4) ? mtu : random.between(least, Math.max(mtu, 1_500));
            changes.add(new Change(atNs, next));
        }
        return changes;
    }
}
