package dev.braid.stack.storm;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.sim.Middlebox;
import dev.braid.fastpath.sim.SimLink;
import dev.braid.fastpath.sim.SplitMix64;
import dev.braid.fastpath.sim.middlebox.MiddleboxChain;
import dev.braid.fastpath.sim.middlebox.SegmentEdit;
import dev.braid.fastpath.sim.middlebox.SegmentEdit.Scope;
import dev.braid.fastpath.sim.middlebox.SegmentEditor;
import dev.braid.fastpath.sim.middlebox.SegmentJoiner;
import dev.braid.fastpath.sim.middlebox.SegmentSplitter;
import dev.braid.fastpath.sim.middlebox.SequenceShift;
import dev.braid.fastpath.wire.TcpOptions;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** The middleboxes that a seed puts on both directions of a link. */
final class Boxes {
    private static final int[] NEGOTIATED = {
        TcpOptions.KIND_TIMESTAMPS, TcpOptions.KIND_SACK_PERMITTED, TcpOptions.KIND_WINDOW_SCALE, TcpOptions.KIND_MSS};

    /** IP and TCP headers at their longest: what is joined must still fit the link. */
    private static final int MAX_HEADERS = 120;

    private final SplitMix64 random;
    private final int mtu;
    private final FramePool frames;
    private final Counters counters;
    private final List<Middlebox> forth = new ArrayList<>();
    private final List<Middlebox> back = new ArrayList<>();
    private final List<String> names = new ArrayList<>();

    private Boxes(SplitMix64 random, int mtu, FramePool frames, Counters counters) {
        this.random = random;
        this.mtu = mtu;
        this.frames = frames;
        this.counters = counters;
    }

    /** Puts them there and answers what they are. */
    static String install(
            SplitMix64 random, int mtu, FramePool frames, Counters counters, SimLink there, SimLink reverse) {
        var boxes = new Boxes(random, mtu, frames, counters);
        boxes.fill(boxes.forth);
        if (random.chance(0.4)) {
            boxes.names.add("shift");
            var shift = new SequenceShift(random.nextLong(), random.chance(0.3));
            boxes.forth.add(shift.forth());
            boxes.back.add(shift.back());
        }
        boxes.fill(boxes.back);
        boxes.strip();
        there.middlebox(new MiddleboxChain(boxes.forth));
        reverse.middlebox(new MiddleboxChain(boxes.back));
        return String.join(", ", boxes.names);
    }

    /**
     * Both SYNs lose an option. A box that strips the SYN/ACK alone leaves two hosts that agreed on different things: with window
     * scaling the one would count windows as another number of bytes than the other.
     */
    private void strip() {
        if (random.chance(0.5)) {
            var kinds = new BitSet();
            kinds.set(NEGOTIATED[random.nextInt(NEGOTIATED.length)]);
            add(forth, "strip-syn " + kinds, SegmentEdit.strip(kinds, Scope.SYN));
            add(back, "too", SegmentEdit.strip(kinds, Scope.SYN));
        }
    }

    private void fill(List<Middlebox> row) {
        if (random.chance(0.3)) {
            int mss = random.between(100, 1400);
            add(row, "mss " + mss, SegmentEdit.clampMss(mss));
        }
        if (random.chance(0.3)) {
            int bytes = random.between(50, 1400);
            names.add("split " + bytes);
            row.add(new SegmentSplitter(bytes, frames, counters.counter("split"), counters.counter("failed")));
        }
        if (random.chance(0.3)) {
            int bytes = random.between(100, mtu - MAX_HEADERS);
            names.add("join " + bytes);
            row.add(new SegmentJoiner(bytes, random.between(10, 3_000) * 1_000L, frames, counters.counter("joined")));
        }
        if (random.chance(0.2)) {
            add(row, "no-urgent", SegmentEdit.clearUrgent());
        }
    }

    private void add(List<Middlebox> row, String name, SegmentEdit edit) {
        names.add(name);
        row.add(new SegmentEditor(edit, counters.counter("edited")));
    }
}
