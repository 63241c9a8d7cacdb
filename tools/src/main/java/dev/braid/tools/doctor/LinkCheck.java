package dev.braid.tools.doctor;

import dev.braid.tools.host.LinkUse;
import dev.braid.tools.host.LinkView;
import java.util.function.Consumer;

/** Whether each link is used, and what keeps it from that. */
final class LinkCheck implements Check {
    @Override
    public void examine(DoctorFacts facts, Consumer<Finding> found) {
        if (facts.running() && facts.links().isEmpty()) {
            found.accept(Finding.problem("", "no network interface has a default route",
                    "connect one, or name it with --link nic=NAME"));
        }
        for (LinkView link : facts.links()) {
            found.accept(finding(link));
        }
    }

    private static Finding finding(LinkView link) {
        LinkUse use = link.use();
        String text = use.sentence()
                + (link.detail().isEmpty() ? "" : ": " + link.detail())
                + (link.metered() ? " (metered)" : "");
        return switch (use) {
            case USED, STANDBY, WAITING -> Finding.ok(link.nic(), text);
            case OFF -> new Finding(Finding.Grade.OK, link.nic(), text, "braid link " + link.nic() + " primary");
            case SUSPECT -> Finding.problem(link.nic(), text, "look at what this network is connected to");
            case NO_NIC -> Finding.warning(link.nic(), text, "plug it in; ip link lists those there are");
            case NO_CARRIER -> Finding.warning(link.nic(), text, "ip link set " + link.nic() + " up, cable, radio");
            case NO_ADDRESS -> Finding.problem(link.nic(), text, "does DHCP answer there?");
            case NO_ROUTE -> Finding.problem(link.nic(), text,
                    "have the network's configuration set a default route by it, with a metric of its own");
            case NOT_BOUND -> Finding.problem(link.nic(), text, "");
        };
    }
}
