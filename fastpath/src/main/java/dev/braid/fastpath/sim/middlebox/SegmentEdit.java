package dev.braid.fastpath.sim.middlebox;

import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.TcpOptionWriter;
import dev.braid.fastpath.wire.TcpOptions;
import java.util.BitSet;

/** A change to a segment that keeps its length. */
@FunctionalInterface
public interface SegmentEdit {
    /** Changes what it dislikes; answers whether it changed anything. The caller sees to the checksum. */
    boolean edit(TcpPacket segment);

    /** Which segments an edit looks at. */
    enum Scope {
        /** Every segment. */
        ALL,
        /** Those with SYN. */
        SYN,
        /** Those without SYN. */
        NOT_SYN;

        boolean covers(TcpPacket segment) {
            return this == ALL || segment.isSyn() == (this == SYN);
        }
    }

    /** Overwrites the options of these kinds with NOPs, as firewalls do that do not want to move bytes. */
    static SegmentEdit strip(BitSet kinds, Scope scope) {
        BitSet disliked = (BitSet) kinds.clone();
        return segment -> scope.covers(segment) && strip(segment, disliked);
    }

    private static boolean strip(TcpPacket segment, BitSet disliked) {
        boolean changed = false;
        for (long at = segment.nextOption(segment.options()); at != 0;) {
            int length = Memory.u8(at + 1);
            if (disliked.get(Memory.u8(at))) {
                for (int i = 0; i < length; i++) {
                    Memory.put8(at + i, TcpOptions.KIND_NOP);
                }
                changed = true;
            }
            at = segment.nextOption(at + length);
        }
        return changed;
    }

    /** Lowers the maximum segment size that SYNs announce, as tunnels do. */
    static SegmentEdit clampMss(int bytes) {
        return segment -> {
            boolean changed = false;
            for (long at = segment.isSyn() ? segment.nextOption(segment.options()) : 0; at != 0;) {
                int length = Memory.u8(at + 1);
                boolean isMss = Memory.u8(at) == TcpOptions.KIND_MSS && length == TcpOptionWriter.MSS_LENGTH;
                if (isMss && Memory.u16(at + 2) > bytes) {
                    Memory.put16(at + 2, bytes);
                    changed = true;
                }
                at = segment.nextOption(at + length);
            }
            return changed;
        };
    }

    /** Lowers the window field, unscaled, as boxes do that pace by it. */
    static SegmentEdit clampWindow(int field) {
        return segment -> {
            boolean larger = Tcp.window(segment.tcp()) > field;
            if (larger) {
                Memory.put16(segment.tcp() + 14, field);
            }
            return larger;
        };
    }

    /** Takes URG and the urgent pointer away (RFC 6093 section 3.4 says that boxes do). */
    static SegmentEdit clearUrgent() {
        return segment -> {
            long tcp = segment.tcp();
            boolean urgent = (Tcp.flags(tcp) & Tcp.URG) != 0 || Tcp.urgentPointer(tcp) != 0;
            if (urgent) {
                Tcp.putFlags(tcp, Tcp.flags(tcp) & ~Tcp.URG);
                Memory.put16(tcp + 18, 0);
            }
            return urgent;
        };
    }

    /** Takes ECE and CWR out of SYNs, so that ECN is never agreed on. */
    static SegmentEdit refuseEcn() {
        return segment -> {
            int flags = Tcp.flags(segment.tcp());
            boolean asks = (flags & Tcp.SYN) != 0 && (flags & (Tcp.ECE | Tcp.CWR | Tcp.AE)) != 0;
            if (asks) {
                Tcp.putFlags(segment.tcp(), flags & ~(Tcp.ECE | Tcp.CWR | Tcp.AE));
            }
            return asks;
        };
    }
}
