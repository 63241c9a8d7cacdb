package dev.braid.stack.congestion;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The congestion controls there are, by name. Immutable: {@link #with} makes a larger set. */
public final class CongestionControls {
    /** What Linux uses unless told otherwise. */
    public static final String DEFAULT = "cubic";
    /** The longest name, in ASCII characters: Linux's TCP_CA_NAME_MAX less the end. */
    public static final int MAX_NAME = 15;

    /** Those that come with the stack. */
    public static final CongestionControls STANDARD = new CongestionControls(
            new TreeMap<>(Map.of("bbr", Bbr::new, "cubic", Cubic::new, "dctcp", Dctcp::new, "reno", NewReno::new)));

    private final Map<String, Supplier<? extends CongestionControl>> byName;

    private CongestionControls(Map<String, Supplier<? extends CongestionControl>> byName) {
        this.byName = Collections.unmodifiableMap(byName);
    }

    /**
     * These and one more.
     *
     * @param name what users choose it by; one that is known already is replaced
     * @param maker makes one for each connection, on the core's thread
     * @throws IllegalArgumentException when the name is empty, longer than {@link #MAX_NAME} or not of visible ASCII characters
     */
    public CongestionControls with(String name, Supplier<? extends CongestionControl> maker) {
        if (name.isEmpty() || name.length() > MAX_NAME || name.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IllegalArgumentException("a congestion control's name has 1.." + MAX_NAME
                    + " visible ASCII characters: \"" + name + '"');
        }
        var more = new TreeMap<>(byName);
        more.put(name, maker);
        return new CongestionControls(more);
    }

    /** The names, in alphabetical order. */
    public List<String> names() {
        return List.copyOf(byName.keySet());
    }

    /** Whether there is one of that name. */
    public boolean has(@Nullable String name) {
        return name != null && byName.containsKey(name);
    }

    /** @throws IllegalArgumentException with one line that names those there are, when there is none of that name */
    public void requireKnown(String name) {
        maker(name);
    }

    /**
     * A new one for one connection.
     *
     * @throws IllegalArgumentException when there is none of that name
     */
    public CongestionControl create(String name) {
        return maker(name).get();
    }

    private Supplier<? extends CongestionControl> maker(String name) {
        Supplier<? extends CongestionControl> maker = byName.get(name);
        if (maker == null) {
            throw new IllegalArgumentException(
                    "there is no congestion control \"" + name + "\"; there are " + String.join(" ", byName.keySet()));
        }
        return maker;
    }
}
