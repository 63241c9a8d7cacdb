package dev.braid.tools.dial;

import dev.braid.tools.host.Goal;
import dev.braid.tools.host.LinkUse;
import dev.braid.tools.host.LinkView;
import dev.braid.tools.host.Target;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The order in which links are tried for a server. A connection of Multipath TCP gets the others by itself, so it begins over the best
 * one that lets it; those to a plain server stay where they begin, so they are spread. Any thread.
 */
final class LinkChooser {
    /** How long a suspect is left alone between two looks at it. */
    private static final long LOOK_NS = 10_000_000_000L;

    private final PlainServers servers;
    /** Open connections of plain TCP by link. */
    private final Map<Integer, List<SocketChannel>> plain = new HashMap<>();
    /** When a plain connection began over the link last, as a count. */
    private final Map<Integer, Long> lastTurns = new HashMap<>();
    private final Map<Integer, Long> lastLooksNs = new HashMap<>();
    private long turns;

    LinkChooser(PlainServers servers) {
        this.servers = servers;
    }

    /**
     * Usable links, the first choice first. Suspects are last, whatever else speaks for them.
     *
     * @param links in the order of preference
     */
    synchronized List<LinkView> order(List<LinkView> links, Target target, Goal goal, long nowNs) {
        plain.values().forEach(channels -> channels.removeIf(channel -> !channel.isOpen()));
        List<LinkView> usable = links.stream().filter(link -> link.use().usable()).toList();
        Map<Integer, Integer> ranks = new HashMap<>();
        usable.forEach(link -> ranks.put(link.index(), rank(link, target, nowNs)));
        Comparator<LinkView> order = Comparator.<LinkView>comparingInt(link -> link.use() == LinkUse.SUSPECT ? 1 : 0)
                .thenComparing(LinkView::role)
                .thenComparingInt(link -> ranks.getOrDefault(link.index(), 0));
        boolean spread = goal == Goal.AGGREGATE || goal == Goal.REDUNDANT;
        if (spread && isPlain(usable, target, nowNs)) {
            order = order.thenComparingInt(this::openPlain)
                    .thenComparingLong(link -> lastTurns.getOrDefault(link.index(), 0L));
        } else if (goal != Goal.HANDOVER) {
            order = order.thenComparing(LinkView.BY_ROUND_TRIP);
        }
        return usable.stream().sorted(order).toList();
    }

    /**
     * A suspect that it is time to look at again, beside a try over another link: nothing but an answer clears it, and being tried last
     * it would never get one. Each is looked at once in ten seconds; the answer that names it counts as that.
     *
     * @param order what {@link #order} answered
     * @param taken the link of the try
     * @param ipv4 the family of the address that is tried
     */
    synchronized @Nullable LinkView lookAgain(List<LinkView> order, LinkView taken, boolean ipv4, long nowNs) {
        for (LinkView link : order) {
            Long last = lastLooksNs.get(link.index());
            boolean due = last == null || nowNs - last >= LOOK_NS;
            if (due && link.use() == LinkUse.SUSPECT && link.index() != taken.index() && link.source(ipv4) != null) {
                lastLooksNs.put(link.index(), nowNs);
                return link;
            }
        }
        return null;
    }

    /** Links over which Multipath TCP works come before those that were not asked, and those where it is stripped come last. */
    private int rank(LinkView link, Target target, long nowNs) {
        return switch (servers.over(target, link.index(), nowNs)) {
            case MULTIPATH -> 0;
            case UNKNOWN -> servers.strips(link.index(), target.port(), nowNs) ? 2 : 1;
            case PLAIN -> servers.isMultipath(target, nowNs) ? 3 : 2;
        };
    }

    /** Whether the server answered plainly so far. */
    private boolean isPlain(List<LinkView> usable, Target target, long nowNs) {
        return !usable.isEmpty() && !servers.isMultipath(target, nowNs) && usable.stream()
                .anyMatch(link -> servers.over(target, link.index(), nowNs) == PlainServers.Speaks.PLAIN);
    }

    /** A connection of plain TCP began over this link. */
    synchronized void beganPlain(int link, SocketChannel channel) {
        plain.computeIfAbsent(link, _ -> new ArrayList<>()).add(channel);
        lastTurns.put(link, ++turns);
    }

    private int openPlain(LinkView link) {
        return plain.getOrDefault(link.index(), List.of()).size();
    }
}
