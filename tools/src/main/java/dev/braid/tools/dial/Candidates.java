package dev.braid.tools.dial;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.tools.host.LinkView;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which address is tried next, over which link, and when: RFC 8305 with links beside addresses. The families take turns, IPv6 first;
 * an address and its neighbour of the other family are tried over the first link, then over the second one, and so on. A try begins
 * a quarter of a second after the one before, or as soon as that one has failed. One thread; knows no clock.
 */
final class Candidates {
    /** One way to go. {@code link} is {@code null} past the stack. */
    record Way(IpAddress address, @Nullable LinkView link) {
        @Override
        public String toString() {
            return address + (link == null ? " past the stack" : " over " + link.nic());
        }
    }

    static final int MAX_TRIES = 12;

    /** RFC 8305 section 5, the recommended delay between tries. */
    private static final long NEXT_NS = 250_000_000L;
    /** RFC 8305 section 3, the resolution delay: how long IPv6 is waited for when IPv4 is known. */
    private static final long RESOLUTION_NS = 50_000_000L;

    private final List<LinkView> links;
    private final Predicate<IpAddress> bypasses;
    private final List<IpAddress> v6 = new ArrayList<>();
    private final List<IpAddress> v4 = new ArrayList<>();
    private final Set<Way> tried = new HashSet<>();
    private boolean finished;
    private long dueNs = Deadlines.NONE;

    /**
     * A race that has not begun.
     *
     * @param links usable ones in the order they are to be tried
     * @param bypasses the addresses that are tried past the stack, once each
     */
    Candidates(List<LinkView> links, Predicate<IpAddress> bypasses) {
        this.links = List.copyOf(links);
        this.bypasses = bypasses;
    }

    /** More addresses, all of one family. */
    void found(List<IpAddress> addresses, long nowNs) {
        for (IpAddress address : addresses) {
            List<IpAddress> family = address.isIpv4() ? v4 : v6;
            if (!family.contains(address)) {
                family.add(address);
            }
        }
        if (tried.isEmpty()) {
            boolean waits = v6.isEmpty() && !finished && links.stream().anyMatch(link -> link.v6() != null);
            dueNs = waits ? Math.min(dueNs, nowNs + RESOLUTION_NS) : nowNs;
        }
    }

    /** No more addresses come. */
    void finished(long nowNs) {
        finished = true;
        if (tried.isEmpty()) {
            dueNs = nowNs;
        }
    }

    /** A try has failed: the next one is due. */
    void failed(long nowNs) {
        dueNs = nowNs;
    }

    /** The way to be tried now, which is then tried; {@code null} when none is due. */
    @Nullable
    Way poll(long nowNs) {
        if (nowNs < dueNs) {
            return null;
        }
        Way next = next();
        if (next != null) {
            tried.add(next);
            dueNs = nowNs + NEXT_NS;
        }
        return next;
    }

    /** When {@link #poll} is worth asking again; {@link Deadlines#NONE} = not before something happens. */
    long nextDeadlineNs() {
        return next() == null ? Deadlines.NONE : dueNs;
    }

    /** Whether nothing is left to be tried, whatever comes. */
    boolean exhausted() {
        return finished && next() == null;
    }

    private @Nullable Way next() {
        if (tried.size() >= MAX_TRIES) {
            return null;
        }
        for (int pair = 0; pair < Math.max(v6.size(), v4.size()); pair++) {
            for (int rank = 0; rank < Math.max(1, links.size()); rank++) {
                for (List<IpAddress> family : List.of(v6, v4)) {
                    Way way = pair < family.size() ? way(family.get(pair), rank) : null;
                    if (way != null && !tried.contains(way)) {
                        return way;
                    }
                }
            }
        }
        return null;
    }

    private @Nullable Way way(IpAddress address, int rank) {
        if (bypasses.test(address)) {
            return new Way(address, null);
        }
        LinkView link = rank < links.size() ? links.get(rank) : null;
        return link == null || link.source(address.isIpv4()) == null ? null : new Way(address, link);
    }
}
