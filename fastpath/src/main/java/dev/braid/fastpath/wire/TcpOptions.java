package dev.braid.fastpath.wire;

import dev.braid.fastpath.memory.Memory;

/**
 * What the options of one TCP header say (RFC 9293 section 3.2), decoded into fields that the next parse overwrites.
 *
 * <p>An accessor is meaningful only when {@link #has} answers true for its bit. Options that are known but have a wrong
 * length are skipped, as unknown ones are; of a repeated option the last one counts (both as Linux does). Which options
 * may appear on which segments (MSS only on a SYN, for one) is for TCP to decide. One owner thread; allocation-free.
 */
public final class TcpOptions {
    public static final int KIND_END = 0;
    public static final int KIND_NOP = 1;
    public static final int KIND_MSS = 2;
    public static final int KIND_WINDOW_SCALE = 3;
    public static final int KIND_SACK_PERMITTED = 4;
    public static final int KIND_SACK = 5;
    public static final int KIND_TIMESTAMPS = 8;
    public static final int KIND_MPTCP = 30;
    public static final int KIND_FAST_OPEN = 34;

    /** Presence bit: maximum segment size (RFC 9293 section 3.7.1). */
    public static final int MSS = 1;

    /** Presence bit: window scale (RFC 7323 section 2). */
    public static final int WINDOW_SCALE = 1 << 1;

    /** Presence bit: SACK permitted (RFC 2018 section 2). */
    public static final int SACK_PERMITTED = 1 << 2;

    /** Presence bit: SACK blocks (RFC 2018 section 3). */
    public static final int SACK = 1 << 3;

    /** Presence bit: timestamps (RFC 7323 section 3). */
    public static final int TIMESTAMPS = 1 << 4;

    /** Presence bit: a Fast Open cookie or, with length 0, a request for one (RFC 7413 section 4.1.1). */
    public static final int FAST_OPEN = 1 << 5;

    /** Presence bit: at least one MPTCP option, which went to the sink. */
    public static final int MPTCP = 1 << 6;

    /** Largest shift that may be used: a larger one is taken for it (RFC 7323 section 2.3). */
    public static final int MAX_WINDOW_SCALE = 14;

    /** As many blocks as 40 bytes of options can hold. */
    public static final int MAX_SACK_BLOCKS = 4;

    /** NOP, NOP, timestamps, length 10: how nearly every data segment's options begin. */
    static final int ALIGNED_TIMESTAMPS = KIND_NOP << 24 | KIND_NOP << 16 | KIND_TIMESTAMPS << 8
            | TcpOptionWriter.TIMESTAMPS_LENGTH;

    private int present;
    private boolean malformed;
    private int mss;
    private int windowScale;
    private int tsVal;
    private int tsEcr;
    private int sackBlocks;
    private final int[] sackEdges = new int[2 * MAX_SACK_BLOCKS];
    private long fastOpenAddress;
    private int fastOpenLength;

    /**
     * Parses an option space, forgetting what was parsed before.
     *
     * @param address where the options begin, right behind the fixed header
     * @param length bytes of options, 0..40; the caller has required them
     * @param sink takes every option that is not decoded here
     * @return false when an option's length is 0, 1 or past the end: parsing stopped there, and what came before stands
     */
    public boolean parse(long address, int length, OptionSink sink) {
        present = 0;
        sackBlocks = 0;
        malformed = false;
        if (length == TcpOptionWriter.ALIGNED_TIMESTAMPS_LENGTH && Memory.i32(address) == ALIGNED_TIMESTAMPS) {
            timestamps(address + 2);
            return true;
        }
        long end = address + length;
        long at = address;
        while (at < end) {
            int kind = Memory.u8(at);
            if (kind == KIND_END) {
                break;
            }
            if (kind == KIND_NOP) {
                at++;
                continue;
            }
            int optionLength = at + 1 < end ? Memory.u8(at + 1) : 0;
            if (optionLength < 2 || optionLength > end - at) {
                malformed = true;
                break;
            }
            option(kind, at, optionLength, sink);
            at += optionLength;
        }
        return !malformed;
    }

    /** Forgets everything, as parsing no options does. */
    public void clear() {
        present = 0;
        sackBlocks = 0;
        malformed = false;
    }

    /** The presence bits of all options found. */
    public int present() {
        return present;
    }

    /** Whether any of the options in {@code bits} was found. */
    public boolean has(int bits) {
        return (present & bits) != 0;
    }

    /** Whether parsing ended at an option of impossible length. */
    public boolean malformed() {
        return malformed;
    }

    /** Maximum segment size in bytes, 1..65535: an announced 0 is taken for no option at all. */
    public int mss() {
        return mss;
    }

    /** Window scale, a shift of 0..14. */
    public int windowScale() {
        return windowScale;
    }

    /** The sender's timestamp. */
    public int tsVal() {
        return tsVal;
    }

    /** The echoed timestamp. */
    public int tsEcr() {
        return tsEcr;
    }

    /** Number of SACK blocks, 0..4; their edges come straight from the packet and may be any numbers. */
    public int sackBlocks() {
        return sackBlocks;
    }

    /** First sequence number of block {@code index}, 0..{@link #sackBlocks()} - 1. */
    public int sackLeft(int index) {
        return sackEdges[2 * index];
    }

    /** Sequence number right behind the last one of block {@code index}. */
    public int sackRight(int index) {
        return sackEdges[2 * index + 1];
    }

    /** Where the Fast Open cookie lies in the packet. */
    public long fastOpenAddress() {
        return fastOpenAddress;
    }

    /** Length of the Fast Open cookie in bytes: 4..16 and even, or 0 when one is asked for. */
    public int fastOpenLength() {
        return fastOpenLength;
    }

    private void option(int kind, long at, int length, OptionSink sink) {
        switch (kind) {
            case KIND_MSS -> {
                if (length == TcpOptionWriter.MSS_LENGTH && Memory.u16(at + 2) != 0) {
                    mss = Memory.u16(at + 2);
                    present |= MSS;
                }
            }
            case KIND_WINDOW_SCALE -> {
                if (length == TcpOptionWriter.WINDOW_SCALE_LENGTH) {
                    windowScale = Math.min(Memory.u8(at + 2), MAX_WINDOW_SCALE);
                    present |= WINDOW_SCALE;
                }
            }
            case KIND_SACK_PERMITTED -> {
                if (length == TcpOptionWriter.SACK_PERMITTED_LENGTH) {
                    present |= SACK_PERMITTED;
                }
            }
            case KIND_SACK -> sack(at, length);
            case KIND_TIMESTAMPS -> {
                if (length == TcpOptionWriter.TIMESTAMPS_LENGTH) {
                    timestamps(at);
                }
            }
            case KIND_FAST_OPEN -> fastOpen(at, length);
            case KIND_MPTCP -> {
                present |= MPTCP;
                sink.onOption(kind, at, length);
            }
            default -> sink.onOption(kind, at, length);
        }
    }

    private void timestamps(long at) {
        tsVal = Memory.i32(at + 2);
        tsEcr = Memory.i32(at + 6);
        present |= TIMESTAMPS;
    }

    private void sack(long at, int length) {
        int blocks = (length - 2) / 8;
        if (blocks < 1 || blocks > MAX_SACK_BLOCKS || length != 2 + 8 * blocks) {
            return;
        }
        for (int i = 0; i < 2 * blocks; i++) {
            sackEdges[i] = Memory.i32(at + 2 + 4L * i);
        }
        sackBlocks = blocks;
        present |= SACK;
    }

    private void fastOpen(long at, int length) {
        int cookie = length - 2;
        if (cookie != 0 && (cookie < 4 || cookie > 16 || (cookie & 1) != 0)) {
            return;
        }
        fastOpenAddress = at + 2;
        fastOpenLength = cookie;
        present |= FAST_OPEN;
    }
}
