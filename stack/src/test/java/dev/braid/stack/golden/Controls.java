package dev.braid.stack.golden;

import dev.braid.stack.congestion.CongestionControls;
import dev.braid.stack.tcp.TcpSettings;
import java.util.List;

/** The congestion controls of the tables. */
final class Controls {
    /** In the order of the columns. */
    static final List<String> ALL = List.of("reno", "cubic", "bbr", "dctcp");

    private Controls() {}

    /** Whether the stack has it. */
    static boolean has(String control) {
        return CongestionControls.STANDARD.has(control);
    }

    static void choose(TcpSettings settings, String control) {
        settings.congestionControl = control;
    }
}
