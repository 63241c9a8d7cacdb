package dev.braid.tools.names;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers that may be believed for a while yet; the one unused for longest makes room. Any thread. */
final class NameCache {
    /** The most answers. */
    static final int MAX_ENTRIES = 512;

    private static final long SECOND_NS = 1_000_000_000L;
    private static final long LEAST_SECONDS = 1;
    private static final long MOST_SECONDS = 300;
    private static final long NOTHING_SECONDS = 5;
    private static final float LOAD = 0.75f;

    private final Map<DnsQuestion, Entry> entries = new LinkedHashMap<>(16, LOAD, true);

    private record Entry(DnsReply reply, long untilNs) {}

    synchronized @Nullable DnsReply lookup(DnsQuestion question, long nowNs) {
        Entry entry = entries.get(question);
        if (entry == null) {
            return null;
        }
        if (entry.untilNs - nowNs <= 0) {
            entries.remove(question);
            return null;
        }
        return entry.reply;
    }

    /** Keeps a final answer: for its time to live within bounds, or a few seconds when it says that there is nothing. */
    synchronized void keep(DnsQuestion question, DnsReply reply, long nowNs) {
        long seconds = reply.kind() == DnsReply.Kind.NOTHING
                ? NOTHING_SECONDS
                : Math.clamp(reply.ttlSeconds(), LEAST_SECONDS, MOST_SECONDS);
        entries.put(question, new Entry(reply, nowNs + seconds * SECOND_NS));
        if (entries.size() > MAX_ENTRIES) {
            entries.remove(entries.keySet().iterator().next());
        }
    }

    /** Forgets all: other servers are asked from now on. */
    synchronized void clear() {
        entries.clear();
    }
}
