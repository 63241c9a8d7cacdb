package dev.braid.stack.storm;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.fastpath.sim.SimLink;
import dev.braid.fastpath.sim.SimNode;
import dev.braid.fastpath.sim.SimPort;
import dev.braid.fastpath.sim.SplitMix64;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.socket.StreamSocket;
import dev.braid.stack.tcp.Tcb;
import dev.braid.stack.tcp.TcpState;
import java.util.ArrayList;
import java.util.List;

/** A storm over one link, with connections of plain TCP. */
final class Storm extends SeededStorm {
    private final Kind kind;
    private final List<Choices.Change> changes = new ArrayList<>();
    private WireWatch forth;
    private WireWatch back;
    private String weather = "";

    /** What a storm is made of besides the weather. */
    enum Kind {
        /** Nothing: the stack's defaults, a network that stays as it is. */
        PLAIN,
        /** Middleboxes that strip, clamp, shift, split and join. */
        BOXES,
        /** Congestion control, ECN and recovery as administrators choose them, links that mark, and MTUs that change. */
        CHOICES
    }

    Storm(long seed, boolean journals) {
        this(seed, journals, Kind.PLAIN);
    }

    Storm(long seed, boolean journals, Kind kind) {
        super(seed, journals);
        this.kind = kind;
    }

    @Override
    public String toString() {
        return kind + " storm";
    }

    @Override
    protected String replay() {
        return "-Dbraid.storm.seed=" + seed + " -Dbraid.storm.kind=" + kind;
    }

    @Override
    protected void describe(StringBuilder text) {
        text.append("\n  ").append(weather);
    }

    @Override
    protected void build() {
        boolean v4 = random.chance(0.5);
        int mtu = Weather.mtu(random, v4);
        LinkConfig there = Weather.link(random).mtu(mtu);
        LinkConfig reverse = random.chance(0.5) ? there : Weather.link(random).mtu(mtu);
        var dice = new SplitMix64(SplitMix64.at(seed, 998));
        if (kind == Kind.CHOICES) {
            there = Choices.marking(dice, there);
            reverse = Choices.marking(dice, reverse);
            changes.addAll(Choices.changes(dice, v4, mtu));
        }
        weather = "mtu " + mtu + "\n  there: " + there + "\n  back:  " + reverse;
        makeNetwork(64, Counters.inMemory(arena, 128));
        SimNode here = network.node("client");
        SimNode far = network.node("server");
        client = host(here, v4 ? "10.1.0.1" : "fd01::1", mtu);
        server = host(far, v4 ? "10.1.0.2" : "fd01::2", mtu);
        SimPort port = network.join(here, 0, far, 0, there, reverse);
        receive(here, 0);
        receive(far, 0);
        forth = new WireWatch(journal, journals);
        back = new WireWatch(journal, journals);
        forth.facing(back);
        back.facing(forth);
        if (kind == Kind.CHOICES) {
            weather += "\n  client: " + Choices.tell(dice, client.core) + "\n  server: "
                    + Choices.tell(dice, server.core)
                    + "\n  " + changes;
        }
        if (kind == Kind.BOXES) {
            // Seen behind a box that shifts or clamps, an honest host looks like a liar: nobody watches.
            var boxes = new SplitMix64(SplitMix64.at(seed, 999));
            weather += "\n  boxes: "
                    + Boxes.install(boxes, mtu, wireFrames, Counters.inMemory(arena, 16), port.out(), port.in());
        } else {
            port.out().tap(forth);
            port.in().tap(back);
        }
        traffic = new Traffic(seed, random, client, server, false);
        traffic.plan();
    }

    private StormHost host(SimNode node, String address, int mtu) {
        CoreConfig config = StormConfig.core(Weather.tcp(random));
        return new StormHost(
                node, arena, IpAddress.parse(address), mtu, Weather.offloads(random), config, random.split());
    }

    @Override
    protected long nextChangeNs() {
        return changes.isEmpty() ? Deadlines.NONE : changes.getFirst().atNs();
    }

    /** The link and both devices get another MTU, of which both hosts are told: what is larger and on its way arrives. */
    @Override
    protected void change(long nowNs) {
        int mtu = changes.removeFirst().mtu();
        for (StormHost host : List.of(client, server)) {
            SimLink out = host.node.port(0).out();
            out.reshape(out.config().mtu(mtu));
            host.core.onDevice(0, true, mtu, nowNs);
        }
    }

    @Override
    protected void check() {
        Holding.require(forth.complaint.isEmpty(), forth.complaint);
        Holding.require(back.complaint.isEmpty(), back.complaint);
        for (End end : traffic.ends()) {
            StreamSocket socket = end.socket;
            Tcb tcb = socket == null ? null : socket.tcb();
            if (tcb != null && tcb.state() != TcpState.CLOSED) {
                Holding.require(tcb.flightSize() >= 0, "SND.NXT is before SND.UNA: " + end);
                Holding.require(tcb.cwnd() > 0, "no congestion window: " + end);
            }
        }
    }
}
