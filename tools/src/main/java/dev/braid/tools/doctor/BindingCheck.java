package dev.braid.tools.doctor;

import dev.braid.tools.host.LinkView;
import dev.braid.tundriver.netlink.Rule;
import java.util.List;
import java.util.function.Consumer;

/** Whether what binds a link to its NIC stands in the kernel: the daemon puts it back, so what lacks is being taken away. */
final class BindingCheck implements Check {
    private static final String STRICT = "1";

    @Override
    public void examine(DoctorFacts facts, Consumer<Finding> found) {
        List<LinkView> usable = facts.links().stream().filter(link -> link.use().usable()).toList();
        if (usable.isEmpty()) {
            return;
        }
        if (!facts.hasTable()) {
            found.accept(Finding.problem("", "the daemon's firewall table is missing",
                    "find what flushes all tables (nft flush ruleset), and have it leave that of others alone"));
        }
        List<Rule> rules = facts.rules();
        for (LinkView link : usable) {
            boolean whole = (link.v4() == null || look(facts, rules, link, true, found))
                    & (link.v6() == null || look(facts, rules, link, false, found));
            if (whole) {
                found.accept(Finding.ok(link.nic(), "its rules and its forwarding stand"));
            }
        }
    }

    /** Both are looked at, whatever the first says. */
    private static boolean look(
            DoctorFacts facts, List<Rule> rules, LinkView link, boolean v4, Consumer<Finding> found) {
        String family = v4 ? "IPv4" : "IPv6";
        boolean rule = rules.stream().anyMatch(any -> any.v4() == v4 && any.inputDevice().equals(link.tun()));
        if (!rule) {
            boolean strict = v4 && isStrict(facts, link.nic());
            found.accept(Finding.problem(link.nic(),
                    "its " + family + " rule is missing"
                            + (strict ? ", and with rp_filter=1 answers are dropped, too" : ""),
                    "if systemd-networkd runs, set ManageForeignRoutingPolicyRules=no in networkd.conf"));
        }
        boolean forwards = !v4 || "1".equals(facts.setting("net/ipv4/conf/" + link.nic() + "/forwarding"));
        if (!forwards) {
            found.accept(Finding.problem(link.nic(), "forwarding was switched off, so that no answer gets in",
                    "find what writes net.ipv4.conf." + link.nic() + ".forwarding or net.ipv4.ip_forward"));
        }
        return rule && forwards;
    }

    /** The stricter of the two settings counts; 2 is loose, and larger. */
    private static boolean isStrict(DoctorFacts facts, String nic) {
        String all = facts.setting("net/ipv4/conf/all/rp_filter");
        String own = facts.setting("net/ipv4/conf/" + nic + "/rp_filter");
        return (STRICT.equals(all) && !"2".equals(own)) || (STRICT.equals(own) && !"2".equals(all));
    }
}
