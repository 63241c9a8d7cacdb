package dev.braid.stack.tcp;

import dev.braid.fastpath.frame.ExtensionType;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import org.jspecify.annotations.Nullable;

/** The frame extension that says why a frame was sent, for captures and tests; attached only when tracing is on. */
public final class DecisionTrace {
    private static final int DECISION = 0;
    private static final int UPPER = 8;
    private static final ExtensionType TYPE = ExtensionType.register("decision", UPPER + Long.BYTES);

    private DecisionTrace() {}

    /** Notes the reason; without a free extension block the frame goes without. */
    static void mark(Frame frame, Decision decision) {
        mark(frame, decision, 0);
    }

    /** The same with what the upper layer has to add: {@link UpperLayer#reasons}. */
    static void mark(Frame frame, Decision decision, long upperReasons) {
        long at = frame.extensions().writable(TYPE);
        if (at != 0) {
            Memory.putNative64(at + DECISION, decision.ordinal());
            Memory.putNative64(at + UPPER, upperReasons);
        }
    }

    /** What the upper layer adds, in its own codes; 0 = nothing. */
    public static long upperReasons(Frame frame) {
        long at = frame.extensions().find(TYPE);
        return at == 0 ? 0 : Memory.nativeI64(at + UPPER);
    }

    /** The reason the frame carries, or {@code null}. */
    public static @Nullable Decision of(Frame frame) {
        long at = frame.extensions().find(TYPE);
        return at == 0 ? null : Decision.of((int) Memory.nativeI64(at + DECISION));
    }
}
