package dev.braid.stack.tcp;

import dev.braid.fastpath.frame.ExtensionType;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import org.jspecify.annotations.Nullable;

/** The frame extension that says why a frame was sent, for captures and tests; attached only when tracing is on. */
public final class DecisionTrace {
    private static final ExtensionType TYPE = ExtensionType.register("decision", Integer.BYTES);

    private static final int UPPER_SHIFT = 16;
    private static final int DECISION_MASK = 0xffff;

    private DecisionTrace() {}

    /** Notes the reason; without a free extension block the frame goes without. */
    static void mark(Frame frame, Decision decision) {
        mark(frame, decision, 0);
    }

    /** The same with the upper layer's own reason: {@link UpperLayer#reason}. */
    static void mark(Frame frame, Decision decision, int upperReason) {
        long at = frame.writableExtension(TYPE);
        if (at != 0) {
            Memory.putNative32(at, upperReason << UPPER_SHIFT | decision.ordinal());
        }
    }

    /** The upper layer's own reason, in its own codes; 0 = none. */
    public static int upperReason(Frame frame) {
        long at = frame.extension(TYPE);
        return at == 0 ? 0 : Memory.nativeI32(at) >>> UPPER_SHIFT;
    }

    /** The reason the frame carries, or {@code null}. */
    public static @Nullable Decision of(Frame frame) {
        long at = frame.extension(TYPE);
        return at == 0 ? null : Decision.of(Memory.nativeI32(at) & DECISION_MASK);
    }
}
