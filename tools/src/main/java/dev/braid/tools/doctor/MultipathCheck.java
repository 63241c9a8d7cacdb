package dev.braid.tools.doctor;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.tools.doctor.Trial.Outcome;
import dev.braid.tools.host.LinkView;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Whether names are found, and whether something on a link's way strips Multipath TCP: the same server, over each. */
final class MultipathCheck implements Check {
    @Override
    public void examine(DoctorFacts facts, Consumer<Finding> found) {
        List<LinkView> usable = facts.links().stream().filter(link -> link.use().usable()).toList();
        if (usable.isEmpty()) {
            return;
        }
        if (facts.server().isEmpty()) {
            found.accept(Finding.warning("", "no server is known to look with for boxes that strip Multipath TCP",
                    "doctor.server = \"HOST:PORT\" in the configuration"));
            return;
        }
        Lookup lookup = facts.lookup();
        if (lookup.addresses().isEmpty()) {
            found.accept(Finding.problem("", facts.server() + " is not found: " + lookup.why(),
                    "are the servers of dns.servers, or of resolv.conf, reached?"));
            return;
        }
        found.accept(Finding.ok("", facts.server() + " is at " + lookup.addresses().getFirst()));
        judge(facts.server(), trials(facts, usable, lookup.addresses()), found);
    }

    private static Map<LinkView, Trial> trials(DoctorFacts facts, List<LinkView> links, List<IpAddress> addresses) {
        return AtOnce.tried(links, link -> addresses.stream()
                .filter(address -> link.source(address.isIpv4()) != null)
                .findFirst()
                .map(address -> facts.connect(link, address))
                .orElse(null));
    }

    private static void judge(String server, Map<LinkView, Trial> trials, Consumer<Finding> found) {
        boolean speaks = trials.values().stream().anyMatch(trial -> trial.outcome() == Outcome.MULTIPATH);
        boolean plain = trials.values().stream().anyMatch(trial -> trial.outcome() == Outcome.PLAIN);
        if (plain && !speaks) {
            found.accept(Finding.warning("",
                    server + " answers without Multipath TCP over every link: it does not speak it, or all ways strip it",
                    "name a server that does as doctor.server"));
        }
        trials.forEach((link, trial) -> {
            switch (trial.outcome()) {
                case MULTIPATH -> found.accept(Finding.ok(link.nic(), "Multipath TCP passes to " + server));
                case PLAIN -> {
                    if (speaks) {
                        found.accept(Finding.problem(link.nic(), "Multipath TCP is stripped on the way to " + server,
                                "connections that begin there stay on it; have them begin elsewhere: braid link "
                                        + link.nic() + " backup"));
                    }
                }
                case FAILED -> found.accept(Finding.problem(link.nic(),
                        server + " is not reached: " + trial.detail(), ""));
            }
        });
    }
}
