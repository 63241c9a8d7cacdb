package dev.braid.fastpath.flow;

import org.jspecify.annotations.Nullable;

/**
 * From a flow's scope, protocol, addresses and ports to whatever handles it.
 *
 * <p>Open addressing with linear probing; removal shifts the entries behind it back, so churn leaves no tombstones
 * and a miss stays short. The hash is keyed, or strangers could choose addresses that collide. The table doubles when
 * five eighths full, which is the only time it allocates, and never shrinks. Listeners with wild cards live in a
 * table of their own, with zeros for what is wild.
 *
 * <p>A lookup tries the flow found last before it hashes: segments come in trains, and the keyed hash is most of a lookup's
 * cost.
 *
 * <p>One owner thread.
 *
 * @param <T> what a flow maps to
 */
public final class FlowTable<T> {
    private static final int KEY_LONGS = 6;
    private static final int MIN_CAPACITY = 16;
    private static final int MAX_CAPACITY = 1 << 27;

    private final SipHash hash;
    private long[] keys;
    private int[] hashes;
    private @Nullable Object[] values;
    private int mask;
    private int size;
    /** The slot of the flow found last; whether it still is in there its key tells. */
    private int recent;

    /** Sees the entries of a table. */
    @FunctionalInterface
    public interface Visitor<T> {
        /** One entry: its key and its value. The table must not be changed meanwhile. */
        void onFlow(
                int scope,
                int protocol,
                long localHi,
                long localLo,
                long remoteHi,
                long remoteLo,
                int localPort,
                int remotePort,
                T value);
    }

    /**
     * An empty table.
     *
     * @param key0 half of the hash key, random
     * @param key1 the other half
     * @param expected how many flows shall fit before the table first grows, 0..2^26
     */
    public FlowTable(long key0, long key1, int expected) {
        hash = SipHash.sip13(key0, key1);
        int capacity = MIN_CAPACITY;
        while (limit(capacity) < expected && capacity < MAX_CAPACITY) {
            capacity <<= 1;
        }
        keys = new long[capacity * KEY_LONGS];
        hashes = new int[capacity];
        values = new Object[capacity];
        mask = capacity - 1;
    }

    /** Number of flows. */
    public int size() {
        return size;
    }

    /** The keyed hash of a flow, never 0: for a frame's metadata and for choosing a shard. */
    public int hash(
            int scope,
            int protocol,
            long localHi,
            long localLo,
            long remoteHi,
            long remoteLo,
            int localPort,
            int remotePort) {
        long value = hash.begin()
                .add(identity(scope, protocol))
                .add(localHi)
                .add(localLo)
                .add(remoteHi)
                .add(remoteLo)
                .add(ports(localPort, remotePort))
                .finish();
        int folded = (int) (value ^ value >>> 32);
        return folded == 0 ? 1 : folded;
    }

    /** What the flow maps to, or {@code null}. Ports are 0..65535. */
    public @Nullable T lookup(
            int scope,
            int protocol,
            long localHi,
            long localLo,
            long remoteHi,
            long remoteLo,
            int localPort,
            int remotePort) {
        long identity = identity(scope, protocol);
        long ports = ports(localPort, remotePort);
        T again = value(recent);
        if (again != null && holds(recent, identity, localHi, localLo, remoteHi, remoteLo, ports)) {
            return again;
        }
        int keyed = hash(scope, protocol, localHi, localLo, remoteHi, remoteLo, localPort, remotePort);
        int slot = find(keyed, identity, localHi, localLo, remoteHi, remoteLo, ports);
        T value = value(slot);
        if (value != null) {
            recent = slot;
        }
        return value;
    }

    /**
     * Maps a flow that is not in the table yet.
     *
     * @return false, and nothing changed, when the flow is there already
     * @throws IllegalStateException when the table is full, beyond 83 million flows
     */
    public boolean insert(
            int scope,
            int protocol,
            long localHi,
            long localLo,
            long remoteHi,
            long remoteLo,
            int localPort,
            int remotePort,
            T value) {
        int keyed = hash(scope, protocol, localHi, localLo, remoteHi, remoteLo, localPort, remotePort);
        long identity = identity(scope, protocol);
        long ports = ports(localPort, remotePort);
        int slot = find(keyed, identity, localHi, localLo, remoteHi, remoteLo, ports);
        if (values[slot] != null) {
            return false;
        }
        if (size >= limit(mask + 1)) {
            grow();
            slot = find(keyed, identity, localHi, localLo, remoteHi, remoteLo, ports);
        }
        int at = slot * KEY_LONGS;
        keys[at] = identity;
        keys[at + 1] = localHi;
        keys[at + 2] = localLo;
        keys[at + 3] = remoteHi;
        keys[at + 4] = remoteLo;
        keys[at + 5] = ports;
        hashes[slot] = keyed;
        values[slot] = value;
        size++;
        return true;
    }

    /** Forgets a flow and answers what it mapped to, {@code null} when it was not there. */
    public @Nullable T remove(
            int scope,
            int protocol,
            long localHi,
            long localLo,
            long remoteHi,
            long remoteLo,
            int localPort,
            int remotePort) {
        int slot = find(
                hash(scope, protocol, localHi, localLo, remoteHi, remoteLo, localPort, remotePort),
                identity(scope, protocol),
                localHi,
                localLo,
                remoteHi,
                remoteLo,
                ports(localPort, remotePort));
        T value = value(slot);
        if (value != null) {
            size--;
            closeGap(slot);
        }
        return value;
    }

    /** Shows every flow, in no particular order; for diagnostics. The visitor must not change the table. */
    public void forEach(Visitor<? super T> visitor) {
        for (int slot = 0; slot <= mask; slot++) {
            T value = value(slot);
            if (value != null) {
                int at = slot * KEY_LONGS;
                visitor.onFlow(
                        (int) (keys[at] >>> 32),
                        (int) keys[at],
                        keys[at + 1],
                        keys[at + 2],
                        keys[at + 3],
                        keys[at + 4],
                        (int) (keys[at + 5] >>> 32),
                        (int) keys[at + 5],
                        value);
            }
        }
    }

    private static long identity(int scope, int protocol) {
        return (long) scope << 32 | (protocol & 0xffff_ffffL);
    }

    private static long ports(int localPort, int remotePort) {
        return (long) localPort << 32 | (remotePort & 0xffff_ffffL);
    }

    private static int limit(int capacity) {
        return capacity / 8 * 5;
    }

    @SuppressWarnings("unchecked") // only insert stores values, and it takes a T
    private @Nullable T value(int slot) {
        return (T) values[slot];
    }

    /** The slot of the flow, or the free one where it would go. */
    private int find(
            int keyed, long identity, long localHi, long localLo, long remoteHi, long remoteLo, long ports) {
        int slot = keyed & mask;
        while (values[slot] != null) {
            if (hashes[slot] == keyed && holds(slot, identity, localHi, localLo, remoteHi, remoteLo, ports)) {
                break;
            }
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private boolean holds(
            int slot, long identity, long localHi, long localLo, long remoteHi, long remoteLo, long ports) {
        int at = slot * KEY_LONGS;
        return keys[at + 5] == ports
                && keys[at + 4] == remoteLo
                && keys[at + 3] == remoteHi
                && keys[at + 2] == localLo
                && keys[at + 1] == localHi
                && keys[at] == identity;
    }

    /** Moves back, one after another, the entries that the gap would cut off from their home slots. */
    private void closeGap(int removed) {
        int gap = removed;
        for (int slot = (gap + 1) & mask; values[slot] != null; slot = (slot + 1) & mask) {
            int fromHome = (slot - hashes[slot]) & mask;
            int fromGap = (slot - gap) & mask;
            if (fromHome >= fromGap) {
                move(keys, hashes, values, slot, gap);
                gap = slot;
            }
        }
        values[gap] = null;
    }

    private void grow() {
        int capacity = mask + 1;
        if (capacity == MAX_CAPACITY) {
            throw new IllegalStateException("a flow table holds at most " + limit(MAX_CAPACITY) + " flows");
        }
        long[] oldKeys = keys;
        int[] oldHashes = hashes;
        @Nullable Object[] oldValues = values;
        keys = new long[2 * capacity * KEY_LONGS];
        hashes = new int[2 * capacity];
        values = new Object[2 * capacity];
        mask = 2 * capacity - 1;
        for (int slot = 0; slot < capacity; slot++) {
            if (oldValues[slot] != null) {
                int free = oldHashes[slot] & mask;
                while (values[free] != null) {
                    free = (free + 1) & mask;
                }
                move(oldKeys, oldHashes, oldValues, slot, free);
            }
        }
    }

    private void move(long[] fromKeys, int[] fromHashes, @Nullable Object[] fromValues, int from, int to) {
        System.arraycopy(fromKeys, from * KEY_LONGS, keys, to * KEY_LONGS, KEY_LONGS);
        hashes[to] = fromHashes[from];
        values[to] = fromValues[from];
    }
}
