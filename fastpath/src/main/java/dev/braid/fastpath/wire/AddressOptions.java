package dev.braid.fastpath.wire;

import dev.braid.fastpath.memory.Memory;

/**
 * What the ADD_ADDRs and REMOVE_ADDRs of one TCP header say (RFC 8684 section 3.4), all of them, in their order. One owner thread;
 * allocation-free.
 */
public final class AddressOptions {
    /** Most ADD_ADDRs that 40 bytes of options hold, and so most that are kept. */
    public static final int MAX_ADDED = 5;
    /** Most address ids that 40 bytes of options hold in REMOVE_ADDRs. */
    public static final int MAX_REMOVED = 37;

    private int added;
    private final boolean[] echo = new boolean[MAX_ADDED];
    private final int[] id = new int[MAX_ADDED];
    private final long[] hi = new long[MAX_ADDED];
    private final long[] lo = new long[MAX_ADDED];
    private final int[] port = new int[MAX_ADDED];
    private final long[] hmac = new long[MAX_ADDED];
    private int removed;
    private final int[] removedId = new int[MAX_REMOVED];

    AddressOptions() {}

    /** Forgets everything. */
    void clear() {
        added = 0;
        removed = 0;
    }

    /** Decodes an ADD_ADDR; false when it has no length that suits it, or is one too many. */
    boolean parseAdd(long at, int length) {
        boolean isEcho = (Memory.u8(at + 2) & 1) != 0;
        int rest = length - (isEcho ? 4 : 12);
        boolean ipv4 = rest == 4 || rest == 6;
        boolean ipv6 = rest == 16 || rest == 18;
        if ((!ipv4 && !ipv6) || added == MAX_ADDED) {
            return false;
        }
        int index = added++;
        echo[index] = isEcho;
        id[index] = Memory.u8(at + 3);
        long next = at + 4;
        if (ipv4) {
            hi[index] = 0;
            lo[index] = 0xffff_0000_0000L | Memory.u32(next);
        } else {
            hi[index] = Memory.i64(next);
            lo[index] = Memory.i64(next + 8);
        }
        next += ipv4 ? 4 : 16;
        boolean withPort = rest == 6 || rest == 18;
        port[index] = withPort ? Memory.u16(next) : 0;
        hmac[index] = isEcho ? 0 : Memory.i64(next + (withPort ? 2 : 0));
        return true;
    }

    /** Decodes a REMOVE_ADDR; false when it names no address. */
    boolean parseRemove(long at, int length) {
        if (length < 4) {
            return false;
        }
        for (int i = 3; i < length && removed < MAX_REMOVED; i++) {
            removedId[removed++] = Memory.u8(at + i);
        }
        return true;
    }

    /** How many ADD_ADDRs there are, 0..{@value #MAX_ADDED}. */
    public int added() {
        return added;
    }

    /** Whether ADD_ADDR {@code index} is the echo of one of ours. */
    public boolean echo(int index) {
        return echo[index];
    }

    /** The Address ID that ADD_ADDR {@code index} announces, 0..255. */
    public int id(int index) {
        return id[index];
    }

    /** The address announced, high half; IPv4 in its mapped form. */
    public long hi(int index) {
        return hi[index];
    }

    /** The address announced, low half. */
    public long lo(int index) {
        return lo[index];
    }

    /** The port announced, or 0: that of the connection. */
    public int port(int index) {
        return port[index];
    }

    /** The rightmost 64 bits of the HMAC; 0 in an echo. */
    public long hmac(int index) {
        return hmac[index];
    }

    /** How many address ids the REMOVE_ADDRs name, 0..{@value #MAX_REMOVED}. */
    public int removed() {
        return removed;
    }

    /** Address id {@code index} of those, 0..255. */
    public int removedId(int index) {
        return removedId[index];
    }
}
