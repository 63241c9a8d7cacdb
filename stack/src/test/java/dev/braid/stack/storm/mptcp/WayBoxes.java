package dev.braid.stack.storm.mptcp;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.sim.Middlebox;
import dev.braid.fastpath.sim.SplitMix64;
import dev.braid.fastpath.sim.middlebox.SegmentEdit;
import dev.braid.fastpath.sim.middlebox.SegmentEdit.Scope;
import dev.braid.fastpath.sim.middlebox.SegmentEditor;
import dev.braid.fastpath.sim.middlebox.SegmentJoiner;
import dev.braid.fastpath.sim.middlebox.SegmentSplitter;
import dev.braid.fastpath.sim.middlebox.SequenceShift;
import dev.braid.fastpath.sim.middlebox.SynFilter;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.MptcpOptions;
import dev.braid.fastpath.wire.TcpOptions;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** The middleboxes that a seed puts on the ways. */
final class WayBoxes {
    private static final int MPTCP = 30;
    private static final int[] NEGOTIATED = {
        TcpOptions.KIND_TIMESTAMPS, TcpOptions.KIND_SACK_PERMITTED, TcpOptions.KIND_MSS, TcpOptions.KIND_WINDOW_SCALE};

    private final SplitMix64 random;
    private final FramePool frames;
    private final Counters counters;
    private boolean alters;

    WayBoxes(SplitMix64 random, FramePool frames, Counters counters) {
        this.random = random;
        this.frames = frames;
        this.counters = counters;
    }

    /** Puts NATs that forget on some ways. */
    static void nats(SplitMix64 random, List<Way> ways, Junction junction) {
        for (Way way : ways) {
            if (random.chance(0.4)) {
                nat(random, way, junction);
            }
            way.install();
        }
    }

    private static void nat(SplitMix64 random, Way way, Junction junction) {
        nat(way, junction, random.between(300, 100_000) * 1_000_000_000L / 1_000);
    }

    private static void nat(Way way, Junction junction, long timeoutNs) {
        var outside = new ArrayList<IpAddress>();
        for (IpAddress inside : way.addresses) {
            IpAddress shown = IpAddress.parse(
                    inside.isIpv4() ? "10." + (101 + way.number) + ".0.9" : "fdaa:" + (1 + way.number) + "::9");
            junction.route(shown, way.number);
            outside.add(shown);
        }
        way.nat(outside, timeoutNs);
    }

    /**
     * Fills all ways.
     *
     * @return whether a connection may be broken beyond repair: a box begins to take options off in the middle, when nobody can know
     *     any more what bytes without them are, and there is no way on which all options pass
     */
    boolean install(List<Way> ways, Junction junction) {
        boolean begins = false;
        boolean anySound = false;
        for (Way way : ways) {
            if (random.chance(0.3)) {
                nat(way, junction, Long.MAX_VALUE / 4);
            }
            rows(way);
            boolean never = stripping(way);
            negotiated(way);
            joining(way, way.forth);
            boolean stops = stopping(way);
            begins |= stops;
            anySound |= !never && !stops;
            way.install();
        }
        return begins && !anySound;
    }

    /**
     * Fills all ways with boxes of every kind: those that take options off, or let no SYN with them pass, mostly stand on others than
     * {@code anchor}.
     *
     * @return whether Multipath TCP's options pass on the anchor
     */
    boolean installAll(List<Way> ways, Junction junction, int anchor) {
        boolean sound = true;
        for (Way way : ways) {
            if (random.chance(0.35)) {
                nat(random, way, junction);
            }
            rows(way);
            negotiated(way);
            joining(way, way.forth);
            joining(way, way.back);
            altering(way, way.forth);
            altering(way, way.back);
            if (way.number != anchor || random.chance(0.1)) {
                // All three, for each draws.
                boolean hinders = stripping(way) | stopping(way) | filtering(way);
                sound &= way.number != anchor || !hinders;
            }
            way.install();
        }
        return sound;
    }

    private void rows(Way way) {
        row(way, way.forth);
        if (random.chance(0.3)) {
            way.names.add("shift");
            var shift = new SequenceShift(random.nextLong(), random.chance(0.3));
            way.forth.add(shift.forth());
            way.back.add(shift.back());
        }
        way.names.add("|");
        row(way, way.back);
    }

    private void row(Way way, List<Middlebox> row) {
        if (random.chance(0.2)) {
            int mss = random.between(300, 1400);
            add(way, row, "mss " + mss, SegmentEdit.clampMss(mss));
        }
        if (random.chance(0.2)) {
            int bytes = random.between(100, 1400);
            way.names.add("split " + bytes);
            row.add(new SegmentSplitter(bytes, frames, counters.counter("split"), counters.counter("failed")));
        }
    }

    /** Multipath TCP's options never pass: from the first SYN on, one way or both. Answers whether it is so. */
    private boolean stripping(Way way) {
        boolean strips = random.chance(0.25);
        if (strips) {
            BitSet mptcp = kinds(MPTCP);
            int which = random.nextInt(3);
            Scope scope = random.chance(0.5) ? Scope.SYN : Scope.ALL;
            if (which != 1) {
                add(way, way.forth, "no MPTCP forth in " + scope, SegmentEdit.strip(mptcp, scope));
            }
            if (which != 0) {
                add(way, way.back, "no MPTCP back in " + scope, SegmentEdit.strip(mptcp, scope));
            }
        }
        return strips;
    }

    /** An option of TCP's that no SYN keeps. */
    private void negotiated(Way way) {
        if (random.chance(0.3)) {
            BitSet kinds = kinds(NEGOTIATED[random.nextInt(NEGOTIATED.length)]);
            add(way, way.forth, "strip-syn " + kinds, SegmentEdit.strip(kinds, Scope.SYN));
            add(way, way.back, "too", SegmentEdit.strip(kinds, Scope.SYN));
        }
    }

    /** A box that loses mappings: what they carried comes by another way, or once more by this one. */
    private void joining(Way way, List<Middlebox> row) {
        if (random.chance(0.15)) {
            int bytes = random.between(500, 1_300);
            way.names.add("join " + bytes);
            row.add(new SegmentJoiner(bytes, random.between(10, 3_000) * 1_000L, frames,
                    counters.counter("joined")));
        }
    }

    /** Multipath TCP's options pass no more from some packet on. Answers whether it is so. */
    private boolean stopping(Way way) {
        boolean stops = random.chance(0.15);
        if (stops) {
            int from = random.between(1, 200);
            boolean forth = random.chance(0.5);
            int[] seen = {0};
            BitSet mptcp = kinds(MPTCP);
            SegmentEdit strip = SegmentEdit.strip(mptcp, Scope.NOT_SYN);
            add(way, forth ? way.forth : way.back, "no MPTCP from packet " + from + (forth ? " forth" : " back"),
                    segment -> ++seen[0] > from && strip.edit(segment));
        }
        return stops;
    }

    /** SYNs with Multipath TCP's options vanish. Answers whether it is so. */
    private boolean filtering(Way way) {
        boolean filters = random.chance(0.15);
        if (filters) {
            boolean forth = random.chance(0.5);
            way.names.add("no SYN with MPTCP" + (forth ? " forth" : " back"));
            (forth ? way.forth : way.back).add(new SynFilter(kinds(MPTCP), counters.counter("vanished")));
        }
        return filters;
    }

    /** A few segments whose mapping has a checksum get another byte of payload, and a TCP checksum that is right. */
    private void altering(Way way, List<Middlebox> row) {
        if (random.chance(0.25)) {
            alters = true;
            int[] left = {random.between(1, 4)};
            SplitMix64 dice = random.split();
            way.names.add("alters " + left[0]);
            var options = new MptcpOptions();
            row.add(new SegmentEditor(segment -> {
                options.parse(segment.options(), (int) (segment.optionsEnd() - segment.options()));
                boolean covered = options.has(MptcpOptions.DSS) && options.dss().hasChecksum()
                        && options.dss().dataLevelLength() > 0 && segment.payloadLength() > 0;
                if (left[0] == 0 || !covered || !dice.chance(0.05)) {
                    return false;
                }
                long at = segment.ip() + segment.payloadOffset() + dice.nextInt(segment.payloadLength());
                // Always upwards: what one box does must not make up for what another did.
                if (Memory.u8(at) == 0xff) {
                    return false;
                }
                left[0]--;
                Memory.put8(at, Memory.u8(at) + 1);
                return true;
            }, counters.counter("altered")));
        }
    }

    /** Whether some box alters payload. */
    boolean alters() {
        return alters;
    }

    private static BitSet kinds(int kind) {
        var kinds = new BitSet();
        kinds.set(kind);
        return kinds;
    }

    private void add(Way way, List<Middlebox> row, String name, SegmentEdit edit) {
        way.names.add(name);
        row.add(new SegmentEditor(edit, counters.counter("edited")));
    }
}
