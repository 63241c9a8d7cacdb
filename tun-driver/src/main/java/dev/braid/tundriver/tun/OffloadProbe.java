package dev.braid.tundriver.tun;

import dev.braid.fastpath.device.Offloads;
import dev.braid.tundriver.sys.Errno;
import java.util.function.IntUnaryOperator;

/**
 * Finds the largest set of offloads that a kernel takes. It refuses a set with one unknown bit as a whole, so the bits
 * are tried all together, and one after another when that fails.
 */
final class OffloadProbe {
    private static final int TUN_F_CSUM = 1;
    private static final int TUN_F_TSO4 = 2;
    private static final int TUN_F_TSO6 = 4;
    private static final int TUN_F_TSO_ECN = 8;
    private static final int TUN_F_USO4 = 0x20;
    private static final int TUN_F_USO6 = 0x40;

    /** In the order in which one needs the other: no segmentation without checksums, no ECN without segmentation. */
    private static final int[] ORDER = {
        Offloads.CHECKSUM, Offloads.TSO4, Offloads.TSO6, Offloads.TSO_ECN, Offloads.USO
    };

    private OffloadProbe() {}

    /**
     * Switches on as many of {@code wanted} as {@code kernel} takes, and leaves exactly those on.
     *
     * @param wanted {@link Offloads} bits
     * @param kernel sets {@code TUN_F_…} bits and answers 0 or a negative error number
     * @return the bits that are on, or the negative error number of a kernel that takes not even none
     */
    static int negotiate(int wanted, IntUnaryOperator kernel) {
        int answer = kernel.applyAsInt(kernelBits(wanted));
        if (answer == 0) {
            return wanted;
        }
        if (answer != -Errno.EINVAL) {
            return answer;
        }
        int on = 0;
        for (int bit : ORDER) {
            if ((wanted & bit) != 0 && kernel.applyAsInt(kernelBits(on | bit)) == 0) {
                on |= bit;
            }
        }
        int last = kernel.applyAsInt(kernelBits(on));
        return last == 0 ? on : last;
    }

    static int kernelBits(int offloads) {
        int bits = 0;
        bits |= (offloads & Offloads.CHECKSUM) != 0 ? TUN_F_CSUM : 0;
        bits |= (offloads & Offloads.TSO4) != 0 ? TUN_F_TSO4 : 0;
        bits |= (offloads & Offloads.TSO6) != 0 ? TUN_F_TSO6 : 0;
        bits |= (offloads & Offloads.TSO_ECN) != 0 ? TUN_F_TSO_ECN : 0;
        // The kernel takes the two only together.
        bits |= (offloads & Offloads.USO) != 0 ? TUN_F_USO4 | TUN_F_USO6 : 0;
        return bits;
    }
}
