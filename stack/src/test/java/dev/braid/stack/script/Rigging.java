package dev.braid.stack.script;

import dev.braid.fastpath.frame.Frame;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.tcp.Decision;
import dev.braid.stack.tcp.DecisionTrace;
import dev.braid.stack.tcp.TcpConfig;
import java.util.Locale;
import java.util.function.Consumer;

/** What depends on the core's tunables and on how it explains itself. */
final class Rigging {
    private Rigging() {}

    /**
     * What scripts run with: everything on, but pacing, which would spread what one line expects over the milliseconds of the
     * next; and with a send buffer that takes at once whatever a line writes.
     */
    static CoreConfig config(Variant variant, Consumer<TcpConfig> change) {
        return CoreConfig.DEFAULT.plainTcp().withTcp(TcpConfig.with(config -> {
            config.headerPrediction = variant.prediction;
            config.traceDecisions = true;
            config.pacing = false;
            config.sendBuffer = 1 << 20;
            change.accept(config);
        }));
    }

    /** Why the core sent a frame, if it says so. */
    static String reasonOf(Frame frame) {
        Decision decision = DecisionTrace.of(frame);
        return decision == null ? "" : decision.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
