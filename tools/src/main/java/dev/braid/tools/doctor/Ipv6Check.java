package dev.braid.tools.doctor;

import dev.braid.tools.host.LinkView;
import java.util.function.Consumer;

/** Why a link whose network has IPv6 goes without. */
final class Ipv6Check implements Check {
    @Override
    public void examine(DoctorFacts facts, Consumer<Finding> found) {
        boolean possible = facts.setting("net/ipv6/conf/default/force_forwarding") != null
                || "1".equals(facts.setting("net/ipv6/conf/all/forwarding"));
        for (LinkView link : facts.links()) {
            boolean there = link.networks().stream()
                    .anyMatch(net -> !net.address().isIpv4() && !net.address().isLinkLocal());
            if (!link.use().usable() || !there || link.v6() != null) {
                continue;
            }
            if (possible) {
                found.accept(Finding.warning(link.nic(), "IPv6 is not used: no default route of it leaves there",
                        "does the router advertise itself?"));
            } else {
                found.accept(Finding.warning(link.nic(),
                        "IPv6 is not used: this kernel cannot have one interface forward it (Linux 6.17 can)",
                        "a newer kernel; or a host that is a router anyway: net.ipv6.conf.all.forwarding=1 with accept_ra=2"));
            }
        }
    }
}
