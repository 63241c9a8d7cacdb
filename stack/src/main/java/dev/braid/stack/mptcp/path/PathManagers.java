package dev.braid.stack.mptcp.path;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The path managers there are, by name. Immutable: {@link #with} makes a larger set. */
public final class PathManagers {
    /** The longest name, in ASCII characters: Linux's MPTCP_PM_NAME_MAX less the end. */
    public static final int MAX_NAME = 15;

    /** Those that come with the stack. */
    public static final PathManagers STANDARD = new PathManagers(new TreeMap<>(
            Map.of(
                    EndpointManager.NAME, EndpointManager::new, KernelManager.NAME, KernelManager::new, "none",
                    NoManager::new, OverflowManager.NAME, OverflowManager::new, StandbyManager.BY_ORDER,
                    StandbyManager::byOrder, StandbyManager.BY_RTT, StandbyManager::byRtt)));

    private final Map<String, Supplier<? extends PathManager>> byName;

    private PathManagers(Map<String, Supplier<? extends PathManager>> byName) {
        this.byName = Collections.unmodifiableMap(byName);
    }

    /**
     * These and one more.
     *
     * @param name what users choose it by; one that is known already is replaced
     * @param maker makes one for each connection, on the core's thread
     * @throws IllegalArgumentException when the name is empty, longer than {@link #MAX_NAME} or not of visible ASCII characters
     */
    public PathManagers with(String name, Supplier<? extends PathManager> maker) {
        if (name.isEmpty() || name.length() > MAX_NAME || name.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IllegalArgumentException(
                    "a path manager's name has 1.." + MAX_NAME + " visible ASCII characters: \"" + name + '"');
        }
        var more = new TreeMap<>(byName);
        more.put(name, maker);
        return new PathManagers(more);
    }

    /** The names, in alphabetical order. */
    public List<String> names() {
        return List.copyOf(byName.keySet());
    }

    /** Whether there is one of that name. */
    public boolean has(@Nullable String name) {
        return name != null && byName.containsKey(name);
    }

    /**
     * New ones for one connection.
     *
     * @param names separated by blanks, as in {@code net.mptcp.path_manager}; empty = none
     * @throws IllegalArgumentException with one line that names those there are, when there is none of one of the names
     */
    public List<PathManager> create(String names) {
        var made = new ArrayList<PathManager>(1);
        for (String name : split(names)) {
            made.add(maker(name).get());
        }
        return made;
    }

    /** The same, leaving out names that there is no path manager of: for a choice that nobody could refuse when it was made. */
    public List<PathManager> createKnown(String names) {
        var made = new ArrayList<PathManager>(1);
        for (String name : split(names)) {
            if (has(name)) {
                made.add(maker(name).get());
            }
        }
        return made;
    }

    /** The single names of a choice such as {@code net.mptcp.path_manager}, known or not. */
    public static List<String> split(String names) {
        return Arrays.stream(names.split(" ", -1)).filter(name -> !name.isEmpty()).toList();
    }

    /** @throws IllegalArgumentException as {@link #create} does */
    public void requireKnown(String names) {
        create(names);
    }

    private Supplier<? extends PathManager> maker(String name) {
        Supplier<? extends PathManager> maker = byName.get(name);
        if (maker == null) {
            throw new IllegalArgumentException(
                    "there is no path manager \"" + name + "\"; there are " + String.join(" ", byName.keySet()));
        }
        return maker;
    }

    /** Opens nothing and announces nothing. */
    private static final class NoManager implements PathManager {
        @Override
        public String name() {
            return "none";
        }

        @Override
        public void onEvent(PathEvent event, PathView connection, PathCommands commands, long nowNs) {}
    }
}
