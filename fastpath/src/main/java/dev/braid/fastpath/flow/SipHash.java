package dev.braid.fastpath.flow;

import dev.braid.fastpath.memory.Memory;

/**
 * SipHash (Aumasson, Bernstein: "SipHash: a fast short-input PRF", 2012), a keyed function whose values nobody can
 * predict without the key: for tables that strangers fill, and for sequence numbers, ports and cookies (RFC 6528, RFC
 * 6056).
 *
 * <p>An instance is reused: {@link #begin}, any number of {@link #add}, {@link #finish}. The input is the little-
 * endian bytes of the added longs. One owner thread; allocation-free.
 */
public final class SipHash {
    private final long key0;
    private final long key1;
    private final int compressionRounds;
    private final int finalizationRounds;
    private long v0;
    private long v1;
    private long v2;
    private long v3;
    private int length;

    private SipHash(long key0, long key1, int compressionRounds, int finalizationRounds) {
        this.key0 = key0;
        this.key1 = key1;
        this.compressionRounds = compressionRounds;
        this.finalizationRounds = finalizationRounds;
    }

    /** SipHash-2-4, the cautious choice: for values that leave the host. */
    public static SipHash sip24(long key0, long key1) {
        return new SipHash(key0, key1, 2, 4);
    }

    /** SipHash-1-3, the fast choice: for hash tables, whose values nobody sees. */
    public static SipHash sip13(long key0, long key1) {
        return new SipHash(key0, key1, 1, 3);
    }

    /** Starts a new hash. */
    public SipHash begin() {
        v0 = key0 ^ 0x736f_6d65_7073_6575L;
        v1 = key1 ^ 0x646f_7261_6e64_6f6dL;
        v2 = key0 ^ 0x6c79_6765_6e65_7261L;
        v3 = key1 ^ 0x7465_6462_7974_6573L;
        length = 0;
        return this;
    }

    /** Adds 8 bytes. */
    public SipHash add(long word) {
        length += Long.BYTES;
        compress(word);
        return this;
    }

    /** The hash of the words added since {@link #begin}. */
    public long finish() {
        return finish(0);
    }

    /** The hash of {@code bytes} bytes of memory. */
    public long hash(long address, int bytes) {
        begin();
        long end = address + (bytes & ~7);
        for (long at = address; at < end; at += Long.BYTES) {
            add(Long.reverseBytes(Memory.i64(at)));
        }
        long tail = 0;
        for (int i = 0; i < (bytes & 7); i++) {
            tail |= (long) Memory.u8(end + i) << (8 * i);
        }
        length += bytes & 7;
        return finish(tail);
    }

    private long finish(long tail) {
        compress((long) length << 56 | tail);
        v2 ^= 0xff;
        rounds(finalizationRounds);
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private void compress(long word) {
        v3 ^= word;
        rounds(compressionRounds);
        v0 ^= word;
    }

    private void rounds(int count) {
        long a = v0;
        long b = v1;
        long c = v2;
        long d = v3;
        for (int i = 0; i < count; i++) {
            a += b;
            c += d;
            b = Long.rotateLeft(b, 13) ^ a;
            d = Long.rotateLeft(d, 16) ^ c;
            a = Long.rotateLeft(a, 32);
            c += b;
            a += d;
            b = Long.rotateLeft(b, 17) ^ c;
            d = Long.rotateLeft(d, 21) ^ a;
            c = Long.rotateLeft(c, 32);
        }
        v0 = a;
        v1 = b;
        v2 = c;
        v3 = d;
    }
}
