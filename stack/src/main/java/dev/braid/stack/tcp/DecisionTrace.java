package dev.braid.stack.tcp;

import dev.braid.fastpath.frame.ExtensionType;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import org.jspecify.annotations.Nullable;

/** The frame extension that says why a frame was sent, for captures and tests; attached only when tracing is on. */
public final class DecisionTrace {
    private static final ExtensionType TYPE = ExtensionType.register("decision", Integer.BYTES);

    private DecisionTrace() {}

    /** Notes the reason; without a free extension block the frame goes without. */
    static void mark(Frame frame, Decision decision) {
        long at = frame.writableExtension(TYPE);
        if (at != 0) {
            Memory.putNative32(at, decision.ordinal());
        }
    }

    /** The reason the frame carries, or {@code null}. */
    public static @Nullable Decision of(Frame frame) {
        long at = frame.extension(TYPE);
        return at == 0 ? null : Decision.of(Memory.nativeI32(at));
    }
}
