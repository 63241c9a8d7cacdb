package dev.braid.tools.kernel.laptop;

import dev.braid.fastpath.wire.Prefix;
import dev.braid.tundriver.netlink.NftBase;
import dev.braid.tundriver.netlink.NftChain;
import dev.braid.tundriver.netlink.NftExpression;
import dev.braid.tundriver.netlink.NftRule;
import dev.braid.tundriver.netlink.NftTable;
import dev.braid.tundriver.netlink.Nftables;
import dev.braid.tundriver.netlink.Rtnetlink;
import dev.braid.tundriver.netlink.Rule;
import dev.braid.tundriver.netns.NetworkNamespace;
import java.util.ArrayList;
import java.util.List;

/** A firewall table and a routing rule that are somebody else's. */
final class ForeignFirewall {
    private static final String NAME = "foreign";
    private static final int TABLE = 4242;

    private ForeignFirewall() {}

    /** Puts them there. */
    static void install(NetworkNamespace host) {
        NftRule rule = NftRule.of(
                "somebody's", new NftExpression.InputDevice("nowhere0", true), new NftExpression.Drop());
        NftChain chain = new NftChain("forward", NftChain.Hook.FORWARD, 10, NftChain.Type.FILTER, List.of(rule));
        host.call(() -> {
            try (Nftables tables = Nftables.open()) {
                tables.replace(new NftTable(NAME, List.of(chain)));
            }
            return 0;
        });
        try (Rtnetlink netlink = host.netlink()) {
            netlink.addRule(Rule.from(Prefix.parse("10.99.0.0/16"), TABLE, TABLE, 99));
        }
    }

    /** Every base chain of the calling thread's namespace, and that table whole. */
    static List<String> dump() {
        try (Nftables tables = Nftables.open()) {
            var lines = new ArrayList<String>();
            for (NftBase base : tables.bases()) {
                lines.add(base.toString());
            }
            lines.add(String.valueOf(tables.read(NAME)));
            lines.add("braid: " + tables.read("braid"));
            return lines;
        }
    }
}
