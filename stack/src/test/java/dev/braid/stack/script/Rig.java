package dev.braid.stack.script;

import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.sim.SplitMix64;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.Entropy;
import dev.braid.stack.core.Link;
import dev.braid.stack.core.StackCore;
import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The host under test with everything it needs, and the wire it sends to: a queue that the script reads. */
final class Rig implements AutoCloseable {
    private static final int SCRATCH_BYTES = 70_000;

    final Arena arena = Arena.ofConfined();
    final FramePool frames = new FramePool(arena, 8192, 64, true);
    final FramePool peerFrames = new FramePool(arena, 8192, 64, true);
    final ChunkPool chunks = new ChunkPool(arena, 64 << 20, true);
    final Counters counters = Counters.inMemory(arena, 1024);
    final Deque<Frame> wire = new ArrayDeque<>();
    final long scratch = Memory.allocate(arena, SCRATCH_BYTES, 64);
    final long readerScratch = Memory.allocate(arena, SCRATCH_BYTES, 64);
    /** Where the core's random numbers come from. */
    Entropy entropy = new SplitMix64(0x7363_7269_7074L)::nextLong;

    final StackCore core;
    /** What went wrong inside the core, which it survives and a script does not. */
    final List<Throwable> defects = new ArrayList<>();

    Rig(CoreConfig config, List<Link> links) {
        core = new StackCore(config, links, frames, chunks, counters, () -> entropy.nextLong(), wire::add);
        core.reportDefectsTo((during, defect) -> defects.add(new IllegalStateException("during " + during, defect)));
    }

    /** What is out of the pools, as reports of where it was taken. */
    List<String> leaks() {
        var leaks = new ArrayList<String>();
        leaks.addAll(frames.leaks());
        leaks.addAll(peerFrames.leaks());
        leaks.addAll(chunks.leaks());
        return leaks;
    }

    void discardWire() {
        for (Frame frame = wire.poll(); frame != null; frame = wire.poll()) {
            frame.release();
        }
    }

    @Override
    public void close() {
        discardWire();
        arena.close();
    }
}
