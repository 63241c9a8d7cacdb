package dev.braid.fastpath.counters;

import dev.braid.fastpath.memory.Memory;

/**
 * One 64-bit count in the counters file, readable by other processes while it changes.
 *
 * <p>A counter has one writing thread; any thread or process may read it. A reader sees whole values, perhaps a moment old.
 */
public final class Counter {
    /** Keeps the block's memory as long as the counter can be asked. */
    private final Counters block;

    private final String name;
    private final int id;
    private final long address;

    Counter(Counters block, String name, int id, long address) {
        this.block = block;
        this.name = name;
        this.id = id;
        this.address = address;
    }

    /** The name, for example {@code TcpRetransSegs}: a kernel MIB name where one exists. */
    public String name() {
        return name;
    }

    /** The block it belongs to. */
    public Counters block() {
        return block;
    }

    /** The index of its record in the counters file. */
    public int id() {
        return id;
    }

    /** Adds one. Writing thread only. */
    public void increment() {
        Memory.putNative64(address, Memory.nativeI64(address) + 1);
    }

    /** Adds {@code amount}, which may be negative for gauges. Writing thread only. */
    public void add(long amount) {
        Memory.putNative64(address, Memory.nativeI64(address) + amount);
    }

    /** Sets the value, for gauges. Writing thread only. */
    public void assign(long value) {
        Memory.putNative64(address, value);
    }

    /** The present value. Any thread. */
    public long value() {
        return Memory.nativeI64(address);
    }

    @Override
    public String toString() {
        return name + '=' + value();
    }
}
