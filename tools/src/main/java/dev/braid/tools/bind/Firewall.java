package dev.braid.tools.bind;

import dev.braid.tundriver.netlink.NftChain;
import dev.braid.tundriver.netlink.NftExpression;
import dev.braid.tundriver.netlink.NftRule;
import dev.braid.tundriver.netlink.NftTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The firewall table: what comes out of a TUN leaves by its NIC, masqueraded, and only answers come back; NICs whose forwarding was
 * switched on for that forward nothing else. The rules' comments are their counters' names.
 */
final class Firewall {
    /** What the table is called, in the family {@code inet}. */
    static final String TABLE = "braid";

    /** Before the priority 0 of ordinary filters, whose drops count all the same. */
    private static final int FORWARD_PRIORITY = -10;
    /** NF_IP_PRI_NAT_SRC. */
    private static final int MASQUERADE_PRIORITY = 100;

    private Firewall() {}

    /** @param closed the forwarding settings that were, or are to be, switched on */
    static NftTable table(List<BoundLink> links, Set<String> closed) {
        List<NftRule> forward = new ArrayList<>();
        List<NftRule> masquerade = new ArrayList<>();
        for (BoundLink link : links) {
            NicFacts nic = link.wanted();
            if (nic == null) {
                forward.add(drop(link.tun() + " astray", in(link.tun())));
            } else {
                pass(link.tun(), nic.name(), forward);
                masquerade.add(NftRule.of(
                        link.tun() + " masquerade",
                        in(link.tun()),
                        out(nic.name()),
                        new NftExpression.Count(),
                        new NftExpression.Masquerade()));
            }
            forward.add(drop(link.tun() + " uninvited", out(link.tun())));
        }
        for (String key : closed) {
            String nic = Settings.device(key);
            boolean v4 = Settings.isV4(key);
            forward.add(drop(nic + " closed " + (v4 ? "v4" : "v6"), new NftExpression.Family(v4), in(nic)));
        }
        return new NftTable(TABLE, List.of(
                new NftChain("forward", NftChain.Hook.FORWARD, FORWARD_PRIORITY, NftChain.Type.FILTER, forward),
                new NftChain(
                        "postrouting",
                        NftChain.Hook.POSTROUTING,
                        MASQUERADE_PRIORITY,
                        NftChain.Type.NAT,
                        masquerade)));
    }

    private static void pass(String tun, String nic, List<NftRule> into) {
        into.add(drop(tun + " astray", in(tun), new NftExpression.OutputDevice(nic, false)));
        // What connection tracking finds invalid is not masqueraded: it would leave with the stack's own address.
        into.add(drop(tun + " invalid", in(tun), new NftExpression.ConnectionState(NftExpression.INVALID)));
        into.add(NftRule.of(tun + " out", in(tun), new NftExpression.Count(), new NftExpression.Accept()));
        into.add(NftRule.of(
                tun + " in",
                out(tun),
                in(nic),
                new NftExpression.ConnectionState(NftExpression.ESTABLISHED | NftExpression.RELATED),
                new NftExpression.Count(),
                new NftExpression.Accept()));
    }

    private static NftExpression in(String device) {
        return new NftExpression.InputDevice(device, true);
    }

    private static NftExpression out(String device) {
        return new NftExpression.OutputDevice(device, true);
    }

    private static NftRule drop(String comment, NftExpression... matches) {
        List<NftExpression> all = new ArrayList<>(List.of(matches));
        all.add(new NftExpression.Count());
        all.add(new NftExpression.Drop());
        return new NftRule(comment, all);
    }
}
