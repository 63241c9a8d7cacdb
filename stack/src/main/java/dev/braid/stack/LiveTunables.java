package dev.braid.stack;

import dev.braid.stack.core.Tunables;
import dev.braid.stack.nio.CoreHost;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A running stack's tunables under the kernel's sysctl names, for any thread: each call is done by the core between two frames.
 *
 * <p>What connections take over when they begin counts for the next one, everything else at once.
 */
public final class LiveTunables {
    private final Tunables tunables;
    private final CoreHost host;

    LiveTunables(Tunables tunables, CoreHost host) {
        this.tunables = tunables;
        this.host = host;
    }

    /** Every name, in alphabetical order. */
    public List<String> names() {
        return tunables.names();
    }

    /**
     * The value as the kernel's sysctl prints it, several numbers separated by tabs; {@code null} when there is no such name.
     *
     * @throws IOException when the stack has ended
     */
    public @Nullable String value(String name) throws IOException {
        var value = new String[1];
        host.call(nowNs -> value[0] = tunables.value(name));
        return value[0];
    }

    /**
     * Changes a value.
     *
     * @param text one decimal number, or several separated by blanks, in the kernel's unit
     * @throws IllegalArgumentException for an unknown name or a value out of range: one line that says which
     * @throws IOException when the stack has ended
     */
    public void change(String name, String text) throws IOException {
        var refused = new IllegalArgumentException[1];
        host.call(nowNs -> {
            try {
                tunables.set(name, text);
            } catch (IllegalArgumentException e) {
                refused[0] = e;
            }
        });
        if (refused[0] != null) {
            throw new IllegalArgumentException(refused[0].getMessage(), refused[0]);
        }
    }
}
