package dev.braid.stack.storm;

import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.sim.SimNode;
import dev.braid.fastpath.sim.SplitMix64;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.Link;
import dev.braid.stack.core.StackCore;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/** One of a storm's two hosts: a real core with pools of its own, so that each leak has a name. */
public final class StormHost {
    static final int SCRATCH_BYTES = 64 << 10;

    public final SimNode node;
    public final IpAddress address;
    public final List<Link> links;
    public final FramePool frames;
    public final ChunkPool chunks;
    public final Counters counters;
    public final StackCore core;
    final long scratch;
    final List<Throwable> defects = new ArrayList<>();

    StormHost(SimNode node, Arena arena, IpAddress address, int mtu, int offloads, CoreConfig config,
            SplitMix64 random) {
        this(node, arena, List.of(link(0, node.name(), mtu, offloads, address)), config, random);
    }

    /** A host whose connections go to and from the first address of its first link. */
    public StormHost(SimNode node, Arena arena, List<Link> links, CoreConfig config, SplitMix64 random) {
        this.node = node;
        this.links = List.copyOf(links);
        this.address = links.getFirst().addresses().getFirst().address();
        frames = new FramePool(arena, 4096, 64, false);
        chunks = new ChunkPool(arena, 32 << 20, false);
        counters = Counters.inMemory(arena, 512);
        scratch = Memory.allocate(arena, SCRATCH_BYTES, 64);
        core = new StackCore(config, links, frames, chunks, counters, random::nextLong, node);
        core.reportDefectsTo((during, defect) -> defects.add(new IllegalStateException("during " + during, defect)));
        node.attach(core);
    }

    /** A link with these addresses, each in a network of the usual size. */
    public static Link link(int index, String name, int mtu, int offloads, IpAddress... addresses) {
        return new Link(index, name, prefixes(List.of(addresses)), mtu, offloads);
    }

    /** These addresses, each in a network of the usual size. */
    public static List<Prefix> prefixes(List<IpAddress> addresses) {
        return addresses.stream().map(address -> new Prefix(address, address.isIpv4() ? 24 : 64)).toList();
    }

    /** What should be gone and is not; empty when nothing leaked. */
    public List<String> leaks() {
        var leaks = new ArrayList<String>();
        note(leaks, "frames", frames.inUse());
        note(leaks, "chunks", chunks.inUse());
        note(leaks, "extensions", frames.extensionsInUse());
        note(leaks, "deadlines", core.deadlines());
        note(leaks, "sockets", core.sockets().open());
        note(leaks, "incomplete datagrams", core.incompleteDatagrams());
        note(leaks, "established connections", counters.value("TcpCurrEstab"));
        note(leaks, "internal errors", counters.value("DropInternalError"));
        return leaks;
    }

    private void note(List<String> leaks, String what, long count) {
        if (count != 0) {
            leaks.add(count + " " + what + " on " + address);
        }
    }
}
