package dev.braid.stack.script;

import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.sim.SplitMix64;

/** A stream whose every byte follows from its place: what arrives twice, late or elsewhere shows. */
public final class Pattern {
    /** What the host under test sends. */
    public static final long FROM_HOST = 0x6f75_7420;
    /** What its peer sends. */
    public static final long FROM_PEER = 0x696e_2020;

    private Pattern() {}

    /** The byte at {@code offset} of the stream {@code which}, 0..255. */
    public static int at(long which, long offset) {
        return (int) (SplitMix64.at(which, offset >>> 3) >>> (8 * (offset & 7))) & 0xff;
    }

    /** Writes {@code length} bytes of the stream, from {@code offset} on. */
    public static void fill(long which, long offset, long address, int length) {
        int i = 0;
        while (i < length) {
            long at = offset + i;
            if ((at & 7) == 0 && length - i >= 8) {
                Memory.put64(address + i, Long.reverseBytes(SplitMix64.at(which, at >>> 3)));
                i += 8;
            } else {
                Memory.put8(address + i, at(which, at));
                i++;
            }
        }
    }

    /** The index of the first byte that does not belong there, or -1 when all {@code length} do. */
    public static int mismatch(long which, long offset, long address, int length) {
        int i = 0;
        while (i < length) {
            long at = offset + i;
            if ((at & 7) == 0 && length - i >= 8) {
                if (Memory.i64(address + i) == Long.reverseBytes(SplitMix64.at(which, at >>> 3))) {
                    i += 8;
                    continue;
                }
            }
            if (Memory.u8(address + i) != at(which, at)) {
                return i;
            }
            i++;
        }
        return -1;
    }
}
