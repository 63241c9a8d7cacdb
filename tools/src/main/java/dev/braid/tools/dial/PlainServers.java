package dev.braid.tools.dial;

import dev.braid.tools.host.Target;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of servers and Multipath TCP, by the link each was asked over: whoever answers plainly over one link and not over
 * another does speak it, and something on the way strips it. Bounded; forgets after an hour. Any thread.
 */
final class PlainServers {
    /** What is known of a server over a link. */
    enum Speaks {
        UNKNOWN,
        MULTIPATH,
        PLAIN
    }

    private static final int MAX_SERVERS = 4_096;
    private static final long FORGET_NS = 3_600_000_000_000L;

    private final Map<String, Answers> servers = new LinkedHashMap<>(64, 0.75f, true);

    /** Remembers what a server spoke over a link. */
    synchronized void note(Target target, int link, boolean multipath, long nowNs) {
        Answers answers = servers.computeIfAbsent(target.toString(), _ -> new Answers(target.port()));
        answers.byLink.put(link, multipath);
        answers.atNs = nowNs;
        Iterator<Answers> oldest = servers.values().iterator();
        while (servers.size() > MAX_SERVERS) {
            oldest.next();
            oldest.remove();
        }
    }

    /** What the server spoke over this link when it was asked last. */
    synchronized Speaks over(Target target, int link, long nowNs) {
        Answers answers = known(target, nowNs);
        Boolean multipath = answers == null ? null : answers.byLink.get(link);
        return multipath == null ? Speaks.UNKNOWN : multipath ? Speaks.MULTIPATH : Speaks.PLAIN;
    }

    /** Whether the server spoke Multipath TCP over any link. */
    synchronized boolean isMultipath(Target target, long nowNs) {
        Answers answers = known(target, nowNs);
        return answers != null && answers.byLink.containsValue(true);
    }

    private @Nullable Answers known(Target target, long nowNs) {
        Answers answers = servers.get(target.toString());
        if (answers != null && nowNs - answers.atNs > FORGET_NS) {
            servers.remove(target.toString());
            return null;
        }
        return answers;
    }

    /**
     * Whether something on this link's way strips Multipath TCP from connections to this port: a server answered plainly over it that
     * speaks Multipath TCP over another one, and none speaks it over this one. The latter tells a box on the way, which is the same for
     * all servers, from a name behind which there are servers of both kinds.
     */
    synchronized boolean strips(int link, int port, long nowNs) {
        boolean stripped = false;
        for (Answers answers : servers.values()) {
            Boolean here = answers.byLink.get(link);
            if (here == null || answers.port != port || nowNs - answers.atNs > FORGET_NS) {
                continue;
            }
            if (here) {
                return false;
            }
            stripped |= answers.byLink.containsValue(true);
        }
        return stripped;
    }

    /** The same for any port. */
    synchronized boolean strips(int link, long nowNs) {
        return servers.values().stream().mapToInt(answers -> answers.port).distinct()
                .anyMatch(port -> strips(link, port, nowNs));
    }

    /** How many servers are remembered. */
    synchronized int size() {
        return servers.size();
    }

    private static final class Answers {
        /** Whether it was Multipath TCP, by the link's index. */
        final Map<Integer, Boolean> byLink = new HashMap<>();

        final int port;
        long atNs;

        Answers(int port) {
            this.port = port;
        }
    }
}
