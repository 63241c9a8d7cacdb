package dev.braid.stack.core;

import dev.braid.testing.fuzz.FuzzInput;

/** Any name and value for a tunable: taken and in its range, or refused in one line; what is read can be written. */
public final class TunablesFuzz {
    private TunablesFuzz() {}

    /** The input is which of the names, a byte, 255 for one of its own, and lines: that name, and values. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        var input = new FuzzInput(bytes);
        var tunables = new Tunables(CoreConfig.DEFAULT.copy());
        int which = input.u8();
        String[] lines = input.text().split("\n", -1);
        String name = which == 255 ? lines[0] : tunables.names().get(which % tunables.names().size());
        for (String value : lines) {
            set(tunables, name, value);
            tunables.requireInRange();
            String read = tunables.value(name);
            if (read != null) {
                tunables.set(name, read);
                if (!read.equals(tunables.value(name))) {
                    throw new AssertionError(name + " was " + read + " and is " + tunables.value(name));
                }
            }
        }
    }

    private static void set(Tunables tunables, String name, String value) {
        try {
            tunables.set(name, value);
        } catch (IllegalArgumentException refused) {
            if (refused.getMessage() == null || refused.getMessage().isBlank()) {
                throw new AssertionError("refused without words", refused);
            }
        }
    }
}
