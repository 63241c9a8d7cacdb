package dev.braid.stack;

import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.DeviceEvents;
import dev.braid.fastpath.device.DeviceException;
import dev.braid.fastpath.device.FrameDevice;
import dev.braid.fastpath.device.FrameDeviceProvider;
import dev.braid.fastpath.device.Waiter;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.pipeline.CoreTask;
import dev.braid.fastpath.pipeline.IdlePolicy;
import dev.braid.fastpath.pipeline.Pipeline;
import dev.braid.fastpath.pipeline.PipelineSpec;
import dev.braid.fastpath.pipeline.Threads;
import dev.braid.stack.congestion.CongestionControl;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.Entropy;
import dev.braid.stack.core.StackCore;
import dev.braid.stack.jfr.FlightRecording;
import dev.braid.stack.jfr.Observers;
import dev.braid.stack.mptcp.path.PathManager;
import dev.braid.stack.mptcp.scheduler.PacketScheduler;
import dev.braid.stack.nio.CoreHost;
import dev.braid.stack.socket.StreamProtocol;
import java.lang.System.Logger;
import java.lang.foreign.Arena;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Describes a {@link Stack} and starts it. One thread; each stack has a builder of its own. */
public final class StackBuilder {
    private static final long LEAST_RECEIVE_BYTES = 8L << 20;
    private static final long MOST_RECEIVE_BYTES = 64L << 30;
    private static final int COUNTER_CAPACITY = 512;

    private final List<Link> links = new ArrayList<>();
    private String name = "braid";
    private Threads threads = Threads.INLINE;
    private IdlePolicy idle = IdlePolicy.DEFAULT;
    private CoreConfig config = CoreConfig.DEFAULT;
    private long payloadBytes = 256L << 20;
    private long receiveBytes = 256L << 20;
    private boolean trackLeaks;
    private @Nullable Counters counters;
    private Consumer<Throwable> onError = StackBuilder::log;

    StackBuilder() {}

    private static void log(Throwable failure) {
        System.getLogger("dev.braid.stack").log(Logger.Level.ERROR, "a part of the stack failed", failure);
    }

    /** Adds a link. At least one; all of one kind. */
    public StackBuilder link(Link link) {
        links.add(Objects.requireNonNull(link));
        return this;
    }

    /** Names the stack's threads; {@code braid} unless told otherwise. */
    public StackBuilder name(String threadName) {
        name = Objects.requireNonNull(threadName);
        return this;
    }

    /** Which stages share a thread; {@link Threads#INLINE} unless told otherwise. */
    public StackBuilder threads(Threads mode) {
        threads = Objects.requireNonNull(mode);
        return this;
    }

    /** How long the stack's threads look for work before they sleep. */
    public StackBuilder idle(IdlePolicy policy) {
        idle = Objects.requireNonNull(policy);
        return this;
    }

    /** The core's tunables. */
    public StackBuilder config(CoreConfig tunables) {
        config = Objects.requireNonNull(tunables);
        return this;
    }

    /**
     * One of the core's tunables by its sysctl name.
     *
     * @throws IllegalArgumentException for an unknown name or a wrong value, with one line that says which
     */
    public StackBuilder tunable(String sysctl, String value) {
        config = config.withTunable(sysctl, value);
        return this;
    }

    /**
     * What sockets speak that choose nothing else; see {@link dev.braid.stack.nio.TcpSocketOptions#PROTOCOL}. The same as the tunable
     * {@code net.mptcp.enabled}.
     */
    public StackBuilder protocol(StreamProtocol spoken) {
        return tunable("net.mptcp.enabled", spoken == StreamProtocol.MPTCP ? "1" : "0");
    }

    /**
     * Adds a congestion control of one's own, for sockets (TCP_CONGESTION) and {@code net.ipv4.tcp_congestion_control} to choose.
     *
     * @param maker makes one for each connection, on the stack's thread
     * @throws IllegalArgumentException when the name is empty, longer than 15 characters or not of visible ASCII
     */
    public StackBuilder congestionControl(String choice, Supplier<? extends CongestionControl> maker) {
        CoreConfig larger = config.copy();
        larger.tcp.congestionControls = larger.tcp.congestionControls.with(choice, maker);
        config = larger;
        return this;
    }

    /**
     * Adds a packet scheduler of one's own, for channels ({@link dev.braid.stack.nio.TcpSocketOptions#MPTCP_SCHEDULER}) and
     * {@code net.mptcp.scheduler} to choose.
     *
     * @param maker makes one for each connection, on the stack's thread
     * @throws IllegalArgumentException when the name is empty, longer than 15 characters or not of visible ASCII
     */
    public StackBuilder packetScheduler(String choice, Supplier<? extends PacketScheduler> maker) {
        CoreConfig larger = config.copy();
        larger.mptcp.packetSchedulers = larger.mptcp.packetSchedulers.with(choice, maker);
        config = larger;
        return this;
    }

    /**
     * Adds a path manager of one's own, for channels ({@link dev.braid.stack.nio.TcpSocketOptions#MPTCP_PATH_MANAGER}) and
     * {@code net.mptcp.path_manager} to choose.
     *
     * @param maker makes one for each connection, on the stack's thread
     * @throws IllegalArgumentException when the name is empty, longer than 15 characters or not of visible ASCII
     */
    public StackBuilder pathManager(String choice, Supplier<? extends PathManager> maker) {
        CoreConfig larger = config.copy();
        larger.mptcp.knownPathManagers = larger.mptcp.knownPathManagers.with(choice, maker);
        config = larger;
        return this;
    }

    /** The most memory that unacknowledged payload may hold, in bytes; 256 MiB unless told otherwise. */
    public StackBuilder payloadBytes(long most) {
        if (most < ChunkPool.LARGE) {
            throw new IllegalArgumentException("payload needs at least " + ChunkPool.LARGE + " bytes, not " + most);
        }
        payloadBytes = most;
        return this;
    }

    /**
     * The most memory that received data may hold, bytes by true size, 8 MiB to 64 GiB; 256 MiB unless told otherwise. There are
     * frames for a third more, small ones and large ones each, so that what arrives finds some; their memory is taken as needed.
     * What net.ipv4.tcp_mem allows is a bound of its own.
     */
    public StackBuilder receiveBytes(long most) {
        if (most < LEAST_RECEIVE_BYTES || most > MOST_RECEIVE_BYTES) {
            throw new IllegalArgumentException(
                    "received data needs " + LEAST_RECEIVE_BYTES + " to " + MOST_RECEIVE_BYTES
                            + " bytes, not " + most);
        }
        receiveBytes = most;
        return this;
    }

    /** Where to count, for a block that other processes read too; it outlives the stack. Its own memory otherwise. */
    public StackBuilder counters(Counters block) {
        counters = Objects.requireNonNull(block);
        return this;
    }

    /** Who hears of defects, each kind once, on the stack's threads; the platform's logger unless told otherwise. */
    public StackBuilder onError(Consumer<Throwable> hook) {
        onError = Objects.requireNonNull(hook);
        return this;
    }

    /** Remembers who took each frame and chunk, for {@link Stack#leaks}. Slow: for tests. */
    public StackBuilder trackLeaks() {
        trackLeaks = true;
        return this;
    }

    /**
     * Opens the links and starts the stack.
     *
     * @throws DeviceException when a link cannot be opened, with one line that says why and what to do
     * @throws IllegalStateException when there is no link
     */
    public Stack start() {
        requireOneKind();
        Arena arena = Arena.ofShared();
        var devices = new ArrayList<List<FrameDevice>>();
        try {
            return start(arena, devices);
        } catch (RuntimeException e) {
            devices.forEach(queues -> queues.forEach(FrameDevice::close));
            arena.close();
            throw e;
        }
    }

    private void requireOneKind() {
        if (links.isEmpty()) {
            throw new IllegalStateException("a stack needs a link: Stack.builder().link(Link.tun(…))");
        }
        String kind = links.getFirst().spec().kind();
        for (Link link : links) {
            if (!link.spec().kind().equals(kind)) {
                throw new DeviceException("links " + links.getFirst().name() + " and " + link.name()
                        + " are of different kinds, which one thread cannot wait for: use one kind in a stack");
            }
        }
    }

    private Stack start(Arena arena, List<List<FrameDevice>> devices) {
        Counters counts = counters == null ? Counters.inMemory(COUNTER_CAPACITY) : counters;
        int small = (int) (receiveBytes / 3 * 4 / FramePool.MTU_SLOT_BYTES);
        int large = (int) (receiveBytes / 3 * 4 / FramePool.SUPER_SLOT_BYTES) + 1;
        var coreFrames = new FramePool(arena, small, large, trackLeaks);
        FramePool receiveFrames = threads == Threads.STAGED ? coreFrames.sibling(small, large) : coreFrames;
        var events = new LateEvents();
        var coreLinks = new ArrayList<dev.braid.stack.core.Link>();
        var opened = new ArrayList<Link>();
        FrameDeviceProvider provider = links.getFirst().provider();
        for (Link link : links) {
            int index = devices.size();
            List<FrameDevice> queues = link.provider().open(link.spec(), index, receiveFrames, counts, events);
            devices.add(queues);
            FrameDevice device = queues.getFirst();
            coreLinks.add(new dev.braid.stack.core.Link(
                    index, device.name(), link.addresses(), device.mtu(), device.offloads()));
            opened.add(link.mtu(device.mtu()));
        }
        Waiter waiter = provider.waiter(devices.stream().flatMap(List::stream).toList());
        var hosted = new LateHost();
        var pipeline = new Pipeline(new PipelineSpec(
                name,
                threads,
                idle,
                System::nanoTime,
                devices,
                waiter,
                coreFrames,
                receiveFrames,
                counts,
                onError,
                hosted));
        var chunks = new ChunkPool(arena, payloadBytes, trackLeaks);
        Entropy entropy = new SecureRandom()::nextLong;
        var core = new StackCore(config, coreLinks, coreFrames, chunks, counts, entropy, pipeline.output());
        core.reportDefectsTo((during, defect) -> onError.accept(defect));
        var host = new CoreHost(core, core.sockets(), chunks, pipeline.mailbox());
        hosted.host = host;
        events.target = pipeline.deviceEvents();
        pipeline.start(host);
        var recording = FlightRecording.follow(
                name, observers -> pipeline.mailbox().post(new ObserverChange(core, observers)), counts);
        return new Stack(arena, opened, counts, chunks, core, host, pipeline, recording, trackLeaks);
    }

    /** A recording begins or ends. */
    private record ObserverChange(StackCore core, @Nullable Observers observers) implements CoreTask {
        @Override
        public void run(long nowNs) {
            Observers present = observers;
            core.tcp().observe(present == null ? null : present.connections());
            core.mptcp().observe(present == null ? null : present.multipath());
        }

        @Override
        public void abandon(@Nullable Throwable cause) {
            // Nothing happens any more that could be observed.
        }
    }

    /** Devices are opened before there is anybody to hear of their changes. */
    private static final class LateEvents implements DeviceEvents {
        private volatile @Nullable DeviceEvents target;

        @Override
        public void onDevice(int device, boolean up, int mtu) {
            DeviceEvents present = target;
            if (present != null) {
                present.onDevice(device, up, mtu);
            }
        }
    }

    /** The pipeline is made before the host that wants to hear of its end. */
    private static final class LateHost implements Consumer<@Nullable Throwable> {
        private volatile @Nullable CoreHost host;

        @Override
        public void accept(@Nullable Throwable cause) {
            CoreHost present = host;
            if (present != null) {
                present.end(cause);
            }
        }
    }
}
