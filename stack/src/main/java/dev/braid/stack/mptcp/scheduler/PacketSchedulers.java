package dev.braid.stack.mptcp.scheduler;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The packet schedulers there are, by name. Immutable: {@link #with} makes a larger set. */
public final class PacketSchedulers {
    /** The longest name, in ASCII characters: Linux's MPTCP_SCHED_NAME_MAX less the end. */
    public static final int MAX_NAME = 15;

    /** Those that come with the stack. */
    public static final PacketSchedulers STANDARD = new PacketSchedulers(new TreeMap<>(Map.of(
            EarliestCompletion.NAME, EarliestCompletion::new,
            KernelScheduler.NAME, KernelScheduler::new,
            LowestRtt.NAME, LowestRtt::new,
            Redundant.NAME, Redundant::new)));

    private final Map<String, Supplier<? extends PacketScheduler>> byName;

    private PacketSchedulers(Map<String, Supplier<? extends PacketScheduler>> byName) {
        this.byName = Collections.unmodifiableMap(byName);
    }

    /**
     * These and one more.
     *
     * @param name what users choose it by; one that is known already is replaced
     * @param maker makes one for each connection, on the core's thread
     * @throws IllegalArgumentException when the name is empty, longer than {@link #MAX_NAME} or not of visible ASCII characters
     */
    public PacketSchedulers with(String name, Supplier<? extends PacketScheduler> maker) {
        if (name.isEmpty() || name.length() > MAX_NAME || name.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IllegalArgumentException(
                    "a packet scheduler's name has 1.." + MAX_NAME + " visible ASCII characters: \"" + name + '"');
        }
        var more = new TreeMap<>(byName);
        more.put(name, maker);
        return new PacketSchedulers(more);
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
     * A new one for one connection.
     *
     * @throws IllegalArgumentException with one line that names those there are, when there is none of that name
     */
    public PacketScheduler create(String name) {
        Supplier<? extends PacketScheduler> maker = byName.get(name);
        if (maker == null) {
            throw new IllegalArgumentException(
                    "there is no packet scheduler \"" + name + "\"; there are " + String.join(" ", byName.keySet()));
        }
        return maker.get();
    }

    /** @throws IllegalArgumentException as {@link #create} does */
    public void requireKnown(String name) {
        create(name);
    }
}
