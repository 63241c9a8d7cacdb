package dev.braid.stack.storm.mptcp;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.sim.Middlebox;
import dev.braid.fastpath.sim.SimLink;
import dev.braid.fastpath.sim.SimPort;
import dev.braid.fastpath.sim.middlebox.MiddleboxChain;
import dev.braid.fastpath.sim.middlebox.Nat;
import dev.braid.fastpath.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One of a host's links with all that is on its way to the junction: the weather, boxes, a NAT, and what happens to it. */
final class Way {
    final int number;
    /** What the host has on it, unless it lost them. */
    List<IpAddress> addresses;
    final SimLink out;
    final SimLink in;
    final List<Middlebox> forth = new ArrayList<>();
    final List<Middlebox> back = new ArrayList<>();
    final List<String> names = new ArrayList<>();
    private final Counters counters;
    private @Nullable List<IpAddress> outside;
    private long natTimeoutNs;

    /** Stands between the host and all boxes. */
    private final Middlebox watch;

    Way(int number, List<IpAddress> addresses, SimPort port, Middlebox watch, Counters counters) {
        this.number = number;
        this.addresses = addresses;
        this.watch = watch;
        this.counters = counters;
        out = port.out();
        in = port.in();
        install();
    }

    /** Puts a NAT behind the host, which shows these addresses, of which each family has at most one. */
    void nat(List<IpAddress> outsideAddresses, long timeoutNs) {
        outside = outsideAddresses;
        natTimeoutNs = timeoutNs;
        names.add("nat " + timeoutNs / 1_000_000 + " ms");
    }

    boolean hasNat() {
        return outside != null;
    }

    /** Puts all boxes in place, with a NAT that knows nothing. */
    void install() {
        var outbound = new ArrayList<Middlebox>();
        outbound.add(watch);
        outbound.addAll(forth);
        if (outside == null) {
            out.middlebox(new MiddleboxChain(outbound));
            in.middlebox(back.isEmpty() ? null : new MiddleboxChain(back));
            return;
        }
        Nat nat = new Nat(natTimeoutNs, family(true), family(false), counters);
        // What leaves passes the NAT last, what comes passes it first: the boxes stand on the client's side.
        outbound.add(nat.outbound());
        var inbound = new ArrayList<Middlebox>();
        inbound.add(nat.inbound());
        inbound.addAll(back);
        out.middlebox(new MiddleboxChain(outbound));
        in.middlebox(new MiddleboxChain(inbound));
    }

    /** Gives the host the addresses that follow, in other networks. */
    void move() {
        addresses = addresses.stream().map(Way::following).toList();
    }

    private static IpAddress following(IpAddress address) {
        return address.isIpv4()
                ? IpAddress.ofIpv4(address.ipv4() + 0x100)
                : new IpAddress(address.hi() + 1, address.lo());
    }

    void cut(long nowNs) {
        out.cut(nowNs);
        in.cut(nowNs);
    }

    void mend() {
        out.mend();
        in.mend();
    }

    private @Nullable IpAddress family(boolean v4) {
        List<IpAddress> all = outside;
        return all == null ? null : all.stream().filter(a -> a.isIpv4() == v4).findFirst().orElse(null);
    }

    @Override
    public String toString() {
        return "way " + number + " " + addresses + "\n    there: " + out.config() + "\n    back:  " + in.config()
                + (names.isEmpty() ? "" : "\n    boxes: " + String.join(", ", names));
    }
}
