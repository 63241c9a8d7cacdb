package dev.braid.tools.emu;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.sim.LinkBridge;
import dev.braid.fastpath.sim.Middlebox;
import dev.braid.fastpath.sim.SplitMix64;
import dev.braid.fastpath.sim.middlebox.MiddleboxChain;
import dev.braid.fastpath.sim.middlebox.Nat;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The boxes of a plan, put together and standing in a row between a and b; what comes from b passes them in reverse. */
final class BoxRows {
    /** From a to b, as packets pass them. */
    private final List<Middlebox> forth = new ArrayList<>();
    /** From a to b too, though packets pass them from b to a. */
    private final List<Middlebox> back = new ArrayList<>();

    private BoxRows() {}

    /** Puts the plan's boxes on the bridge whose device 0 is a. */
    static void install(LinkPlan plan, FramePool frames, Counters counters, LinkBridge bridge) {
        var rows = new BoxRows();
        var seeds = new SplitMix64(plan.seed()).split();
        for (Box box : plan.abBoxes()) {
            Box.Pair pair = box.make(new Box.Parts("ab", frames, counters, seeds.nextLong()));
            rows.add(pair.forth(), pair.back());
        }
        // Those of the other direction are told from b on: the first of them stands nearest to b.
        for (Box box : plan.baBoxes().reversed()) {
            Box.Pair pair = box.make(new Box.Parts("ba", frames, counters, seeds.nextLong()));
            rows.add(pair.back(), pair.forth());
        }
        rows.addNat(plan.nat(), counters);
        if (!rows.forth.isEmpty()) {
            bridge.from(0).middlebox(new MiddleboxChain(rows.forth));
        }
        if (!rows.back.isEmpty()) {
            bridge.from(1).middlebox(new MiddleboxChain(rows.back.reversed()));
        }
    }

    private void add(@Nullable Middlebox towardsB,
            @Nullable Middlebox towardsA) {
        if (towardsB != null) {
            forth.add(towardsB);
        }
        if (towardsA != null) {
            back.add(towardsA);
        }
    }

    /** A NAT stands nearest to its inside, so that the other boxes see one connection the same both ways. */
    private void addNat(@Nullable NatPlan plan, Counters counters) {
        if (plan == null) {
            return;
        }
        var nat = new Nat(plan.timeoutNs(), plan.outsideV4(), plan.outsideV6(), counters);
        if (plan.insideIsA()) {
            forth.addFirst(nat.outbound());
            back.addFirst(nat.inbound());
        } else {
            forth.addLast(nat.inbound());
            back.addLast(nat.outbound());
        }
    }
}
