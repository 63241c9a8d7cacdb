package dev.braid.tools.doctor;

import dev.braid.tools.host.LinkView;
import dev.braid.tundriver.netlink.NftBase;
import dev.braid.tundriver.netlink.NftCount;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Whether other firewalls let the links' packets pass. One program's accept does not overrule another's drop, but our own
 * counters show where packets end: what was counted on its way out and was never masqueraded has been dropped between.
 */
final class FirewallCheck implements Check {
    private static final String OURS = "braid";
    private static final int NFPROTO_INET = 1;
    private static final int NFPROTO_IPV4 = 2;
    private static final int NFPROTO_IPV6 = 10;
    private static final int NF_INET_FORWARD = 2;

    private static final NftCount NOTHING = new NftCount(0, 0);

    @Override
    public void examine(DoctorFacts facts, Consumer<Finding> found) {
        List<NftBase> others = facts.bases().stream().filter(FirewallCheck::forwards).toList();
        Map<String, NftCount> counts = facts.counts();
        for (LinkView link : facts.links()) {
            if (link.use().usable()) {
                found.accept(finding(link, counts, others));
            }
        }
        if (!facts.running()) {
            others.stream()
                    .filter(base -> base.policy() == NftBase.DROP)
                    .forEach(base -> found.accept(Finding.warning("",
                            name(base) + " drops forwarded packets that no rule of its own accepts", remedy(base))));
        }
    }

    private static boolean forwards(NftBase base) {
        boolean ip = base.family() == NFPROTO_INET || base.family() == NFPROTO_IPV4 || base.family() == NFPROTO_IPV6;
        return ip && base.hook() == NF_INET_FORWARD && !(base.family() == NFPROTO_INET && base.table().equals(OURS));
    }

    private static Finding finding(LinkView link, Map<String, NftCount> counts, List<NftBase> others) {
        NftCount out = counts.getOrDefault(link.tun() + " out", NOTHING);
        NftCount masquerade = counts.getOrDefault(link.tun() + " masquerade", NOTHING);
        NftCount in = counts.getOrDefault(link.tun() + " in", NOTHING);
        // Connections that were there before the table was last written are masqueraded without being counted again; they are answered.
        if (out.packets() > 0 && masquerade.packets() == 0 && in.packets() == 0) {
            return dropped(link, others);
        }
        if (masquerade.packets() > 0 && in.packets() == 0) {
            return Finding.warning(link.nic(), "connections leave by it, but nothing was ever answered",
                    "look at what this network is connected to, and at a firewall's rules for answers");
        }
        return Finding.ok(link.nic(), out.packets() == 0 ? "no packet left by it yet" : "firewalls let it pass");
    }

    /** Those that drop by default come first; a chain that accepts by default may have a rule that drops. */
    private static Finding dropped(LinkView link, List<NftBase> others) {
        String text = "what leaves by it is dropped by another firewall";
        return others.stream()
                .min((one, other) -> Integer.compare(one.policy(), other.policy()))
                .map(base -> Finding.problem(link.nic(), text + ", probably " + name(base), remedy(base)))
                .orElseGet(() -> Finding.problem(link.nic(), text,
                        "nf_tables shows none; look at iptables-legacy -S FORWARD"));
    }

    private static String family(NftBase base) {
        return switch (base.family()) {
            case NFPROTO_IPV4 -> "ip";
            case NFPROTO_IPV6 -> "ip6";
            default -> "inet";
        };
    }

    private static String name(NftBase base) {
        String program = switch (base.table()) {
            case "firewalld" -> " (firewalld)";
            case "filter" -> " (iptables, ufw or Docker)";
            default -> "";
        };
        return "chain " + base.chain() + " of table " + family(base) + ' ' + base.table() + program;
    }

    private static String remedy(NftBase base) {
        if (base.table().equals("firewalld")) {
            return "for each link: firewall-cmd --permanent --zone=trusted --add-interface=braid0, then --reload";
        }
        String insert = "nft insert rule " + family(base) + ' ' + base.table() + ' ' + base.chain() + ' ';
        return insert + "iifname \"braid*\" accept; " + insert
                + "oifname \"braid*\" ct state established,related accept";
    }
}
