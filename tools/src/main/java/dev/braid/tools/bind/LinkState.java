package dev.braid.tools.bind;

import dev.braid.fastpath.wire.Prefix;
import dev.braid.tools.host.LinkUse;
import dev.braid.tools.host.Role;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A link, whether it is used and why not.
 *
 * @param link the link
 * @param use whether it is used
 * @param detail more about that in words; empty = nothing
 * @param v4 whether IPv4 gets out by it
 * @param v6 the same of IPv6
 */
record LinkState(BoundLink link, LinkUse use, String detail, boolean v4, boolean v6) {
    /**
     * The states of all links.
     *
     * @param ipv6 whether IPv6 is bound at all
     * @param refusals what the kernel did not allow
     * @param suspect whether connections over a link stay unanswered
     */
    static List<LinkState> of(List<BoundLink> links, boolean ipv6, List<Refusal> refusals, IntPredicate suspect) {
        Role best = links.stream()
                .filter(link -> (link.carries(true) || (ipv6 && link.carries(false)))
                        && refusals.stream().noneMatch(refusal -> refusal.concerns(link.index())))
                .map(BoundLink::role)
                .min(Comparator.naturalOrder())
                .orElse(Role.OFF);
        List<LinkState> states = new ArrayList<>();
        for (BoundLink link : links) {
            states.add(of(link, ipv6, refusals, suspect.test(link.index()), best));
        }
        return List.copyOf(states);
    }

    private static LinkState of(BoundLink link, boolean ipv6, List<Refusal> refusals, boolean suspect, Role best) {
        boolean v4 = link.carries(true);
        boolean v6 = ipv6 && link.carries(false);
        LinkUse missing = missing(link, v4 || v6);
        if (missing != null) {
            return new LinkState(link, missing, "", false, false);
        }
        for (Refusal refusal : refusals) {
            if (refusal.concerns(link.index())) {
                return new LinkState(link, LinkUse.NOT_BOUND, refusal.reason(), false, false);
            }
        }
        boolean better = best.compareTo(link.role()) < 0;
        LinkUse use = !better ? LinkUse.USED : link.role() == Role.OVERFLOW ? LinkUse.WAITING : LinkUse.STANDBY;
        return new LinkState(link, suspect ? LinkUse.SUSPECT : use, "", v4, v6);
    }

    private static @Nullable LinkUse missing(BoundLink link, boolean carries) {
        NicFacts nic = link.nic();
        if (link.role() == Role.OFF) {
            return LinkUse.OFF;
        }
        if (nic == null) {
            return LinkUse.NO_NIC;
        }
        if (!nic.running()) {
            return LinkUse.NO_CARRIER;
        }
        if (nic.addresses().isEmpty()) {
            return LinkUse.NO_ADDRESS;
        }
        return carries ? null : LinkUse.NO_ROUTE;
    }

    /** Whether the stack is to use the link. */
    boolean carried() {
        return use.usable();
    }

    /** The addresses that its packets may be masqueraded as. */
    List<Prefix> sources() {
        NicFacts nic = link.nic();
        return nic == null
                ? List.of()
                : nic.addresses().stream()
                        .filter(prefix -> prefix.address().isIpv4() ? v4 : v6)
                        .toList();
    }
}
