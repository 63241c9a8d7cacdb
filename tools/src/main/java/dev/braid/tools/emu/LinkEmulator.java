package dev.braid.tools.emu;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.DeviceException;
import dev.braid.fastpath.device.DeviceSpec;
import dev.braid.fastpath.device.FrameDevice;
import dev.braid.fastpath.device.FrameDeviceProvider;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.pipeline.IdlePolicy;
import dev.braid.fastpath.pipeline.Pipeline;
import dev.braid.fastpath.pipeline.PipelineSpec;
import dev.braid.fastpath.pipeline.Threads;
import dev.braid.fastpath.sim.LinkBridge;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.tundriver.netlink.Rtnetlink;
import dev.braid.tundriver.netns.NetworkNamespace;
import dev.braid.tundriver.sys.Scheduling;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The simulator's link between two real devices: reads both, holds packets as long as the plan says, and writes them to the
 * other side. One thread of its own; the methods are for any thread.
 */
public final class LinkEmulator implements AutoCloseable {
    /** Packets on their way at most: 256 MB of slots of the MTU class, and 128 MB of larger ones, taken as needed. */
    private static final int MTU_FRAMES = 131_072;
    private static final int LARGE_FRAMES = 2048;
    private static final int COUNTERS = 256;
    private static final int NICE = -15;
    /** A TUN's own limit of 500 packets would lose what a sender bursts while the emulator's thread is not on a processor. */
    private static final int TX_QUEUE = 10_000;

    private final Arena arena = Arena.ofAuto();
    private final Counters counters = Counters.inMemory(arena, COUNTERS);
    private final List<NetworkNamespace> namespaces = new ArrayList<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final FramePool frames;
    private final Pipeline pipeline;
    private final LinkBridge bridge;

    private LinkEmulator(LinkEnd a, LinkEnd b, LinkPlan plan, boolean trackLeaks) {
        frames = new FramePool(arena, MTU_FRAMES, LARGE_FRAMES, trackLeaks);
        FrameDeviceProvider provider = provider(a.kind());
        List<FrameDevice> first = List.of();
        List<FrameDevice> second;
        try {
            first = open(provider, a, 0);
            second = open(provider, b, 1);
        } catch (RuntimeException e) {
            first.forEach(FrameDevice::close);
            namespaces.forEach(NetworkNamespace::close);
            throw e;
        }
        long start = System.nanoTime();
        pipeline = new Pipeline(new PipelineSpec(
                "link-emu",
                Threads.INLINE,
                IdlePolicy.DEFAULT,
                () -> System.nanoTime() - start,
                List.of(first, second),
                provider.waiter(List.of(first.getFirst(), second.getFirst())),
                frames,
                frames,
                counters,
                cause -> {},
                this::ended));
        bridge = new LinkBridge(plan.ab(), plan.ba(), plan.seed(), frames, counters, pipeline.output());
        BoxRows.install(plan, frames, counters, bridge);
        startServedFirst();
    }

    /** A link that waits for a processor jitters, so its thread is served before others where that is allowed. */
    private void startServedFirst() {
        Thread starter = Thread.ofPlatform().name("link-emu-start").start(() -> {
            var unused = Scheduling.nice(NICE);
            pipeline.start(bridge);
        });
        try {
            starter.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Opens both ends and begins.
     *
     * @throws DeviceException with one line that says which device, which call, why, and what to do
     */
    public static LinkEmulator start(LinkEnd a, LinkEnd b, LinkPlan plan) {
        return start(a, b, plan, false);
    }

    /** As {@link #start(LinkEnd, LinkEnd, LinkPlan)}; remembers who took each frame, for {@link #leaks()}. */
    public static LinkEmulator startTracked(LinkEnd a, LinkEnd b, LinkPlan plan) {
        return start(a, b, plan, true);
    }

    private static LinkEmulator start(LinkEnd a, LinkEnd b, LinkPlan plan, boolean trackLeaks) {
        if (!a.kind().equals(b.kind())) {
            throw new DeviceException(
                    "one end is a TUN, which has IP packets, and the other an Ethernet device: give two of a kind");
        }
        return new LinkEmulator(a, b, plan, trackLeaks);
    }

    private static FrameDeviceProvider provider(String kind) {
        return ServiceLoader.load(FrameDeviceProvider.class)
                .stream()
                .map(ServiceLoader.Provider::get)
                .filter(found -> found.kind().equals(kind))
                .findFirst()
                .orElseThrow(() -> new DeviceException("no driver for devices of kind " + kind));
    }

    private List<FrameDevice> open(FrameDeviceProvider provider, LinkEnd end, int index) {
        if (end.namespace() == null) {
            return openHere(provider, end, index);
        }
        NetworkNamespace namespace = NetworkNamespace.enter(end.namespace());
        namespaces.add(namespace);
        return namespace.call(() -> openHere(provider, end, index));
    }

    private List<FrameDevice> openHere(FrameDeviceProvider provider, LinkEnd end, int index) {
        var spec = new DeviceSpec(end.kind(), end.device(), List.of(), 0, 1);
        try (Rtnetlink netlink = Rtnetlink.open()) {
            boolean made = netlink.lookupLink(end.device()) == null;
            List<FrameDevice> device = provider.open(spec, index, frames, counters, (which, up, mtu) -> {});
            try {
                if (made) {
                    configure(netlink, end);
                }
            } catch (RuntimeException e) {
                device.forEach(FrameDevice::close);
                throw e;
            }
            return device;
        }
    }

    private static void configure(Rtnetlink netlink, LinkEnd end) {
        int link = netlink.link(end.device()).index();
        netlink.txQueueLength(link, TX_QUEUE);
        for (Prefix address : end.addresses()) {
            netlink.addAddress(link, address);
        }
        end.addresses().forEach(address -> netlink.awaitTaken(address.address()));
    }

    private void ended(@Nullable Throwable cause) {
        if (cause == null) {
            ended.complete(null);
        } else {
            ended.completeExceptionally(cause);
        }
    }

    /** What the links, boxes and devices count. Values may be a moment old. */
    public Counters counters() {
        return counters;
    }

    /** Completes when the emulator has ended, exceptionally when it failed. */
    public CompletableFuture<Void> ended() {
        return ended.copy();
    }

    /** Ends the thread, releases what is on its way, closes the devices and removes those it made. */
    @Override
    public void close() {
        pipeline.close();
        bridge.close();
        namespaces.forEach(NetworkNamespace::close);
    }

    /** Frames still out after {@link #close()}, where they were taken if that was tracked: a defect when not empty. */
    public List<String> leaks() {
        return frames.leaks();
    }
}
