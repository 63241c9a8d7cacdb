package dev.braid.fastpath.wire;

import dev.braid.fastpath.memory.Memory;

/**
 * Writes TCP options at an absolute address, each method answering how many bytes it wrote.
 *
 * <p>The composed forms keep Linux's order, so that the stack looks like the peers that middleboxes know best.
 * Stateless, any thread, allocation-free; the caller owns the memory and sees to it that 40 bytes are not exceeded.
 */
public final class TcpOptionWriter {
    public static final int MSS_LENGTH = 4;
    public static final int WINDOW_SCALE_LENGTH = 3;
    public static final int SACK_PERMITTED_LENGTH = 2;
    public static final int TIMESTAMPS_LENGTH = 10;

    /** Timestamps behind two NOPs, which put the numbers on 32-bit boundaries. */
    public static final int ALIGNED_TIMESTAMPS_LENGTH = 12;

    /** Says to {@link #writeSyn} that there is no window scale. */
    public static final int NO_WINDOW_SCALE = -1;

    private TcpOptionWriter() {}

    /** Maximum segment size, 4 bytes. */
    public static int writeMss(long a, int mss) {
        Memory.put32(a, TcpOptions.KIND_MSS << 24 | MSS_LENGTH << 16 | (mss & 0xffff));
        return MSS_LENGTH;
    }

    /** Window scale, 3 bytes; {@code shift} is 0..14. */
    public static int writeWindowScale(long a, int shift) {
        Memory.put16(a, TcpOptions.KIND_WINDOW_SCALE << 8 | WINDOW_SCALE_LENGTH);
        Memory.put8(a + 2, shift);
        return WINDOW_SCALE_LENGTH;
    }

    /** SACK permitted, 2 bytes. */
    public static int writeSackPermitted(long a) {
        Memory.put16(a, TcpOptions.KIND_SACK_PERMITTED << 8 | SACK_PERMITTED_LENGTH);
        return SACK_PERMITTED_LENGTH;
    }

    /** Timestamps, 10 bytes. */
    public static int writeTimestamps(long a, int tsVal, int tsEcr) {
        Memory.put16(a, TcpOptions.KIND_TIMESTAMPS << 8 | TIMESTAMPS_LENGTH);
        Memory.put32(a + 2, tsVal);
        Memory.put32(a + 6, tsEcr);
        return TIMESTAMPS_LENGTH;
    }

    /** {@code nop,nop,TS}, 12 bytes: what goes on every segment but a SYN (RFC 7323 appendix A). */
    public static int writeAlignedTimestamps(long a, int tsVal, int tsEcr) {
        Memory.put32(a, TcpOptions.ALIGNED_TIMESTAMPS);
        Memory.put32(a + 4, tsVal);
        Memory.put32(a + 8, tsEcr);
        return ALIGNED_TIMESTAMPS_LENGTH;
    }

    /**
     * {@code nop,nop,sack}, {@link #alignedSackLength} bytes.
     *
     * @param edges left and right edges in turn, most recent block first (RFC 2018 section 4)
     * @param blocks how many blocks to take from the front, 1..4
     */
    public static int writeAlignedSack(long a, int[] edges, int blocks) {
        Memory.put32(
                a,
                TcpOptions.KIND_NOP << 24 | TcpOptions.KIND_NOP << 16 | TcpOptions.KIND_SACK << 8 | (2 + 8 * blocks));
        for (int i = 0; i < 2 * blocks; i++) {
            Memory.put32(a + 4 + 4L * i, edges[i]);
        }
        return alignedSackLength(blocks);
    }

    /** Bytes that {@link #writeAlignedSack} takes for 1..4 blocks. */
    public static int alignedSackLength(int blocks) {
        return 4 + 8 * blocks;
    }

    /** How many SACK blocks fit into {@code space} bytes of options, 0..4. */
    public static int sackBlocksIn(int space) {
        return Math.clamp((space - 4) / 8, 0, TcpOptions.MAX_SACK_BLOCKS);
    }

    /**
     * A Fast Open cookie, padded with NOPs to a multiple of 4 bytes (RFC 7413 section 4.1.1).
     *
     * @param cookie where the cookie lies
     * @param length its length in bytes, 4..16 and even, or 0 to ask for one
     */
    public static int writeFastOpen(long a, long cookie, int length) {
        Memory.put16(a, TcpOptions.KIND_FAST_OPEN << 8 | (2 + length));
        Memory.copy(cookie, a + 2, length);
        return 2 + length + writePadding(a + 2 + length, 2 + length);
    }

    /**
     * The options of a SYN or SYN/ACK: {@code mss,sackOK,TS,nop,wscale}, or without timestamps
     * {@code mss,nop,nop,sackOK,nop,wscale}, always a multiple of 4 bytes.
     *
     * @param mss 1..65535 bytes
     * @param windowScale 0..14, or {@link #NO_WINDOW_SCALE}
     * @param timestamps whether {@code tsVal} and {@code tsEcr} are to be sent
     * @return bytes written, at most 20
     */
    public static int writeSyn(
            long a, int mss, boolean sackPermitted, int windowScale, boolean timestamps, int tsVal, int tsEcr) {
        int length = writeMss(a, mss);
        if (timestamps && sackPermitted) {
            length += writeSackPermitted(a + length);
            length += writeTimestamps(a + length, tsVal, tsEcr);
        } else if (timestamps) {
            length += writeAlignedTimestamps(a + length, tsVal, tsEcr);
        } else if (sackPermitted) {
            Memory.put16(a + length, TcpOptions.KIND_NOP << 8 | TcpOptions.KIND_NOP);
            length += 2;
            length += writeSackPermitted(a + length);
        }
        if (windowScale != NO_WINDOW_SCALE) {
            Memory.put8(a + length, TcpOptions.KIND_NOP);
            length++;
            length += writeWindowScale(a + length, windowScale);
        }
        return length;
    }

    /** Fills up with NOPs to a multiple of 4 bytes; {@code length} is what the options take so far. */
    public static int writePadding(long a, int length) {
        int padding = -length & 3;
        for (int i = 0; i < padding; i++) {
            Memory.put8(a + i, TcpOptions.KIND_NOP);
        }
        return padding;
    }
}
