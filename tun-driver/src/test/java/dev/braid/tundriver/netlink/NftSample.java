package dev.braid.tundriver.netlink;

import dev.braid.tundriver.netlink.NftChain.Hook;
import dev.braid.tundriver.netlink.NftChain.Type;
import dev.braid.tundriver.netlink.NftExpression.Accept;
import dev.braid.tundriver.netlink.NftExpression.ConnectionState;
import dev.braid.tundriver.netlink.NftExpression.Count;
import dev.braid.tundriver.netlink.NftExpression.Drop;
import dev.braid.tundriver.netlink.NftExpression.Family;
import dev.braid.tundriver.netlink.NftExpression.InputDevice;
import dev.braid.tundriver.netlink.NftExpression.Masquerade;
import dev.braid.tundriver.netlink.NftExpression.OutputDevice;
import java.util.List;

/** A table with each kind of rule that a host with two links needs. */
final class NftSample {
    private NftSample() {}

    static NftTable table() {
        List<NftRule> forward = List.of(
                rule("braid0 astray", in("braid0"), new OutputDevice("wlan0", false), new Count(), new Drop()),
                rule("braid0 invalid", in("braid0"), new ConnectionState(NftExpression.INVALID), new Count(),
                        new Drop()),
                rule("braid0 out", in("braid0"), new Count(), new Accept()),
                rule("braid0 in", out("braid0"), in("wlan0"), answers(), new Count(), new Accept()),
                rule("braid0 uninvited", out("braid0"), new Count(), new Drop()),
                rule("braid1 astray", in("braid1"), new OutputDevice("eth0", false), new Count(), new Drop()),
                rule("braid1 invalid", in("braid1"), new ConnectionState(NftExpression.INVALID), new Count(),
                        new Drop()),
                rule("braid1 out", in("braid1"), new Count(), new Accept()),
                rule("braid1 in", out("braid1"), in("eth0"), answers(), new Count(), new Accept()),
                rule("braid1 uninvited", out("braid1"), new Count(), new Drop()),
                rule("wlan0 closed v4", new Family(true), in("wlan0"), new Count(), new Drop()),
                rule("wlan0 closed v6", new Family(false), in("wlan0"), new Count(), new Drop()),
                rule("eth0 closed v4", new Family(true), in("eth0"), new Count(), new Drop()));
        List<NftRule> postrouting = List.of(
                rule("braid0 masquerade", in("braid0"), out("wlan0"), new Count(), new Masquerade()),
                rule("braid1 masquerade", in("braid1"), out("eth0"), new Count(), new Masquerade()));
        return new NftTable(
                "braid",
                List.of(
                        new NftChain("forward", Hook.FORWARD, -10, Type.FILTER, forward),
                        new NftChain("postrouting", Hook.POSTROUTING, 100, Type.NAT, postrouting)));
    }

    static NftExpression in(String device) {
        return new InputDevice(device, true);
    }

    static NftExpression out(String device) {
        return new OutputDevice(device, true);
    }

    private static NftExpression answers() {
        return new ConnectionState(NftExpression.ESTABLISHED | NftExpression.RELATED);
    }

    static NftRule rule(String comment, NftExpression... expressions) {
        return NftRule.of(comment, expressions);
    }
}
