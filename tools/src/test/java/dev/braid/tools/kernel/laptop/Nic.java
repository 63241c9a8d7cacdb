package dev.braid.tools.kernel.laptop;

import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.tools.emu.LinkEmulator;
import dev.braid.tools.emu.LinkEnd;
import dev.braid.tools.emu.LinkPlan;
import dev.braid.tundriver.netlink.Route;
import dev.braid.tundriver.netlink.Rtnetlink;
import dev.braid.tundriver.netns.NetworkNamespace;

/**
 * One of the laptop's NICs: an Ethernet device, an emulated link, and the router's device at the other end. What the laptop's network
 * manager would do (addresses and default routes, again after each return) is done here.
 */
final class Nic implements AutoCloseable {
    private final NicPlan plan;
    private final NetworkNamespace laptop;
    private final Rtnetlink ofLaptop;
    private final Rtnetlink ofRouter;
    private final LinkEmulator link;
    private final int device;
    private int host = 2;
    private int gateway = 1;

    Nic(NicPlan plan, NetworkNamespace laptop, NetworkNamespace air, NetworkNamespace router) {
        this.plan = plan;
        this.laptop = laptop;
        ofLaptop = laptop.netlink();
        ofRouter = router.netlink();
        ofLaptop.createVeth(plan.name(), plan.name() + "-near", air.descriptor());
        ofRouter.createVeth(plan.name(), plan.name() + "-far", air.descriptor());
        try (Rtnetlink ofAir = air.netlink()) {
            ofAir.up(ofAir.link(plan.name() + "-near").index());
            ofAir.up(ofAir.link(plan.name() + "-far").index());
        }
        link = LinkEmulator.start(
                LinkEnd.parse("veth=" + plan.name() + "-near,netns=" + air.path()),
                LinkEnd.parse("veth=" + plan.name() + "-far,netns=" + air.path()),
                linkPlan());
        device = ofLaptop.link(plan.name()).index();
        configureRouter();
        ofLaptop.addAddress(device, v4());
        ofLaptop.up(device);
        addRest();
    }

    private LinkPlan linkPlan() {
        LinkConfig oneWay = LinkConfig.PERFECT
                .rate(plan.mbit() * 1_000_000L)
                .delay(plan.delayMs() * 1_000_000L)
                .queue(plan.queueBytes())
                .mtu(plan.mtu())
                .overhead(14);
        LinkPlan symmetric = LinkPlan.symmetric(oneWay, 7).boxes(plan.boxes());
        return plan.nat() == null ? symmetric : symmetric.nat(plan.nat());
    }

    private void configureRouter() {
        int far = ofRouter.link(plan.name()).index();
        for (String address : new String[] {"192.168.%d.1/24", "192.168.%d.254/24", "2001:db8:%d::1/64"}) {
            ofRouter.addAddress(far, Prefix.parse(address.formatted(plan.net())));
        }
        ofRouter.up(far);
    }

    /** The NIC's name. */
    String name() {
        return plan.name();
    }

    /** What it is like. */
    NicPlan plan() {
        return plan;
    }

    /** Its IPv4 address now, without a prefix length. */
    String address() {
        return "192.168." + plan.net() + "." + host;
    }

    /** Its gateway's, which is in its network. */
    String gatewayAddress() {
        return "192.168." + plan.net() + "." + gateway;
    }

    /** Bytes that the link brought to the laptop so far. */
    long received() {
        return ofLaptop.statistics(device).rxBytes();
    }

    /** Bytes that the laptop sent so far. */
    long sent() {
        return ofLaptop.statistics(device).txBytes();
    }

    /** The NIC goes down, and with it its routes and IPv6 addresses. */
    void pull() {
        ofLaptop.down(device);
    }

    /** The NIC is there again, with the address it had. */
    void plugIn() {
        ofLaptop.up(device);
        addRest();
    }

    /** The NIC has another address from now on; there is none for a moment, as when a lease is lost. */
    void changeAddress() {
        ofLaptop.deleteAddress(device, v4());
        ofLaptop.deleteAddress(device, v6());
        host++;
        ofLaptop.addAddress(device, v4());
        addRest();
    }

    /** The network's gateway has another address from now on, which the laptop learns with its next lease. */
    void changeGateway() {
        gateway = gateway == 1 ? 254 : 1;
        addRest();
    }

    /** The link is silent from now on, though the NIC notices nothing: the router's device is down. */
    void silence() {
        ofRouter.down(ofRouter.link(plan.name()).index());
    }

    /** The link carries again. */
    void speak() {
        int far = ofRouter.link(plan.name()).index();
        ofRouter.up(far);
        ofRouter.addAddress(far, Prefix.parse("2001:db8:%d::1/64".formatted(plan.net())));
    }

    /** What the kernel drops with the NIC. */
    private void addRest() {
        boolean has6 = ofLaptop.addresses().stream().anyMatch(a -> a.device() == device && a.prefix().equals(v6()));
        if (!has6) {
            ofLaptop.addAddress(device, v6());
        }
        ofLaptop.replaceRoute(Route.to(Prefix.parse("0.0.0.0/0"))
                .via(Prefix.parse(gatewayAddress() + "/24").address())
                .device(device)
                .priority(plan.metric())
                .build());
        ofLaptop.replaceRoute(Route.to(Prefix.parse("::/0"))
                .via(Prefix.parse("2001:db8:" + plan.net() + "::1/64").address())
                .device(device)
                .priority(plan.metric())
                .build());
    }

    private Prefix v4() {
        return Prefix.parse(address() + "/24");
    }

    private Prefix v6() {
        return Prefix.parse("2001:db8:%d::%d/64".formatted(plan.net(), host));
    }

    @Override
    public void close() {
        link.close();
        ofLaptop.close();
        ofRouter.close();
    }

    @Override
    public String toString() {
        return plan.name() + " of " + laptop.name();
    }
}
