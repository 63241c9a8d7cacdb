package dev.braid.tools.drill;

import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.sim.SplitMix64;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.Link;
import dev.braid.stack.core.StackCore;
import dev.braid.stack.tcp.TcpConfig;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The fresh host of one session: a core of its own with one link, pools, descriptors and tunables, which share nothing with any
 * other session's.
 */
final class Host {
    private static final int MTU_FRAMES = 16_384;
    private static final int SUPER_FRAMES = 256;
    private static final long CHUNK_BYTES = 64 << 20;
    private static final int COUNTERS = 1024;
    /** The same bits in each session, so that a run repeats. */
    private static final long SEED = 0x6272616964L;

    private final Arena arena = Arena.ofConfined();
    private final Counters counters = Counters.inMemory(arena, COUNTERS);
    private final Descriptors descriptors = new Descriptors();
    private final WireSide wire;
    private final StackCore core;
    private final long scratch = Memory.allocate(arena, RecordChannel.MAX_RECORD, Long.BYTES);

    Host(Greeting greeting, DrillClock clock) {
        var frames = new FramePool(arena, MTU_FRAMES, SUPER_FRAMES, false);
        var chunks = new ChunkPool(arena, CHUNK_BYTES, false);
        wire = new WireSide(arena, frames, counters, clock);
        var link = new Link(0, "tun0", List.of(greeting.local()), greeting.mtu(), 0);
        core = new StackCore(CoreConfig.DEFAULT.withTcp(TcpConfig.with(Host::asUnderPacketdrill)), List.of(link),
                frames,
                chunks, counters, new SplitMix64(SEED)::nextLong, wire);
    }

    /** Linux paces only where a queueing discipline does it; packetdrill's device has none, and its scripts know. */
    private static void asUnderPacketdrill(TcpConfig tcp) {
        tcp.pacing = false;
    }

    StackCore core() {
        return core;
    }

    Counters counters() {
        return counters;
    }

    Descriptors descriptors() {
        return descriptors;
    }

    WireSide wire() {
        return wire;
    }

    /** Off-heap memory for what one call carries; {@link RecordChannel#MAX_RECORD} bytes. */
    long scratch() {
        return scratch;
    }

    /** Copies a call's bytes, from an offset on, to {@link #scratch} and returns its address. */
    long load(ByteBuffer bytes, int from) {
        Memory.copyIn(bytes.duplicate().position(from), scratch, bytes.limit() - from);
        return scratch;
    }

    /** Copies bytes out of {@link #scratch}. */
    byte[] unload(int length) {
        byte[] bytes = new byte[length];
        Memory.copyOut(scratch, bytes, 0, length);
        return bytes;
    }

    /** Ends the host without a word to the network. */
    void close(long nowNs) {
        wire.mute();
        for (Descriptor descriptor : descriptors.all()) {
            descriptor.close(nowNs);
        }
        core.close(nowNs);
        arena.close();
    }
}
