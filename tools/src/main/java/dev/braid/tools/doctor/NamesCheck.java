package dev.braid.tools.doctor;

import dev.braid.tools.host.LinkUse;
import dev.braid.tools.host.LinkView;
import dev.braid.tools.host.NameTrial;
import java.util.List;
import java.util.function.Consumer;

/** Whether each name server answers over each link that it is asked over. */
final class NamesCheck implements Check {
    private static final long MS_NS = 1_000_000L;

    @Override
    public void examine(DoctorFacts facts, Consumer<Finding> found) {
        List<NameTrial> trials = facts.nameServers();
        if (trials.isEmpty()) {
            if (facts.links().stream().map(LinkView::use).anyMatch(LinkUse::usable)) {
                found.accept(Finding.problem("", "no name server is known",
                        "dns.servers = [\"ADDRESS\"] in the configuration, or a nameserver in /etc/resolv.conf"));
            }
            return;
        }
        boolean anyAnswers = trials.stream().anyMatch(NameTrial::answered);
        for (NameTrial trial : trials) {
            found.accept(finding(trial, trials, anyAnswers));
        }
    }

    private static Finding finding(NameTrial trial, List<NameTrial> all, boolean anyAnswers) {
        if (trial.answered()) {
            return Finding.ok(trial.nic(),
                    "name server " + trial.server() + " answers in " + trial.tookNs() / MS_NS + " ms");
        }
        boolean elsewhere = all.stream()
                .anyMatch(other -> other.answered() && other.server().equals(trial.server()));
        String text = "name server " + trial.server() + " is no help: " + trial.failure()
                + (elsewhere ? ", though it answers over others" : "");
        String remedy = elsewhere
                ? "a server that every network reaches, as dns.servers in the configuration"
                : "another server, as dns.servers in the configuration";
        return anyAnswers
                ? Finding.warning(trial.nic(), text, remedy)
                : Finding.problem(trial.nic(), text, remedy);
    }
}
