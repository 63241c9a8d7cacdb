package dev.braid.stack;

import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.pipeline.FrameTap;
import dev.braid.fastpath.pipeline.Pipeline;
import dev.braid.stack.core.StackCore;
import dev.braid.stack.jfr.FlightRecording;
import dev.braid.stack.mptcp.MptcpInfo;
import dev.braid.stack.mptcp.MptcpListing;
import dev.braid.stack.nio.BraidSelectorProvider;
import dev.braid.stack.nio.CoreHost;
import dev.braid.stack.tcp.ConnectionListing;
import dev.braid.stack.tcp.ListenerInfo;
import dev.braid.stack.tcp.TcpInfo;
import dev.braid.stack.udp.UdpInfo;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A TCP/IP stack inside this process.
 *
 * <pre>{@code
 * try (var stack = Stack.builder().link(Link.tun("tun0").address("10.77.0.2/24")).start()) {
 *     try (SocketChannel channel = stack.connect(new InetSocketAddress("10.77.0.1", 80))) { … }
 * }
 * }</pre>
 *
 * <p>Safe for any number of threads, platform or virtual.
 */
public final class Stack implements AutoCloseable {
    /** Connections that the core shows between two batches of frames. */
    private static final int LISTING_SLICE = 256;
    /** The same of connections that have several subflows each. */
    private static final int MULTIPATH_SLICE = 32;

    private final Arena arena;
    private final List<Link> links;
    private final Counters counters;
    private final ChunkPool chunks;
    private final StackCore core;
    private final CoreHost host;
    private final Pipeline pipeline;
    private final BraidSelectorProvider provider;
    private final LiveTunables tunables;
    private final LivePaths paths;
    private final StackShutdown shutdown;
    private final FlightRecording recording;
    private final boolean tracking;
    private volatile List<String> leaks = List.of();

    Stack(Arena arena, List<Link> links, Counters counters, ChunkPool chunks, StackCore core, CoreHost host,
            Pipeline pipeline, FlightRecording recording, boolean tracking) {
        this.arena = arena;
        this.links = List.copyOf(links);
        this.counters = counters;
        this.chunks = chunks;
        this.core = core;
        this.host = host;
        this.pipeline = pipeline;
        this.provider = new BraidSelectorProvider(host);
        this.tunables = new LiveTunables(core.tunables(), host);
        this.paths = new LivePaths(core, host, this.links);
        this.shutdown = new StackShutdown(core, chunks, host, pipeline);
        this.recording = recording;
        this.tracking = tracking;
    }

    /** Begins to describe a stack. */
    public static StackBuilder builder() {
        return new StackBuilder();
    }

    /**
     * A connected channel.
     *
     * @throws IOException as {@link SocketChannel#connect} does
     */
    public SocketChannel connect(InetSocketAddress remote) throws IOException {
        SocketChannel channel = provider.openSocketChannel();
        try {
            channel.connect(remote);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * A channel that listens.
     *
     * @param local the address, any for all, and the port, 0 for a free one
     * @param backlog connections that may wait to be accepted; less than 1 gives the default of 50
     * @throws IOException as {@link ServerSocketChannel#bind} does
     */
    public ServerSocketChannel listen(InetSocketAddress local, int backlog) throws IOException {
        ServerSocketChannel channel = provider.openServerSocketChannel();
        try {
            return channel.bind(local, backlog);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Makes channels and selectors of this stack, for programs that take a provider. */
    public SelectorProvider selectorProvider() {
        return provider;
    }

    /** The links by device index, each with the MTU that its device had when the stack started. */
    public List<Link> links() {
        return links;
    }

    /** What the stack counts, every drop with its reason. */
    public Counters counters() {
        return counters;
    }

    /**
     * Lets a tap see every frame that arrives and leaves from now on: for captures and probes of a program's own. Any thread,
     * while traffic runs.
     */
    public void addTap(FrameTap tap) {
        pipeline.addTap(tap);
    }

    /** Takes a tap off. A call of it that began before may still be under way when this returns. */
    public void removeTap(FrameTap tap) {
        pipeline.removeTap(tap);
    }

    /**
     * Frames say why they were sent, as the {@link dev.braid.stack.tcp.DecisionTrace} extension, from now on or no longer. Each call
     * with {@code true} is ended by one with {@code false}; what {@code net.braid.tcp_trace_decisions} says stays as it is.
     *
     * @throws IOException when the stack has ended
     */
    public void traceDecisions(boolean wanted) throws IOException {
        host.call(nowNs -> core.tcp().traceDecisions(wanted));
    }

    /** The addresses, endpoints and limits of Multipath TCP's paths, to be read and changed while the stack runs. */
    public LivePaths paths() {
        return paths;
    }

    /** The tunables, to be read and changed while the stack runs. */
    public LiveTunables tunables() {
        return tunables;
    }

    /**
     * Every connection as it is now, those in TIME-WAIT too. Asks the core in slices, so that traffic goes on meanwhile.
     *
     * @throws IOException when the stack has ended
     */
    public List<TcpInfo> connections() throws IOException {
        var found = new ArrayList<TcpInfo>();
        var listing = new ConnectionListing[1];
        host.call(nowNs -> listing[0] = core.tcp().listing());
        var more = new boolean[] {true};
        while (more[0]) {
            host.call(nowNs -> more[0] = listing[0].next(found, LISTING_SLICE, nowNs));
        }
        return found;
    }

    /**
     * Every connection of Multipath TCP as it is now, each with its subflows, which are among {@link #connections()} too.
     *
     * @throws IOException when the stack has ended
     */
    public List<MptcpInfo> multipathConnections() throws IOException {
        var found = new ArrayList<MptcpInfo>();
        var listing = new MptcpListing[1];
        host.call(nowNs -> listing[0] = core.mptcp().listing());
        var more = new boolean[] {true};
        while (more[0]) {
            host.call(nowNs -> more[0] = listing[0].next(found, MULTIPATH_SLICE, nowNs));
        }
        return found;
    }

    /**
     * Every port the stack listens on.
     *
     * @throws IOException when the stack has ended
     */
    public List<ListenerInfo> listeners() throws IOException {
        var found = new ArrayList<ListenerInfo>();
        host.call(nowNs -> found.addAll(core.tcp().listenerInfos()));
        return found;
    }

    /**
     * Every UDP socket that has a port.
     *
     * @throws IOException when the stack has ended
     */
    public List<UdpInfo> datagramSockets() throws IOException {
        var found = new ArrayList<UdpInfo>();
        host.call(nowNs -> found.addAll(core.udp().infos()));
        return found;
    }

    /** What made the stack end by itself; {@code null} while it runs and after a close. */
    public @Nullable Throwable failure() {
        return pipeline.failure();
    }

    /**
     * Runs one duty cycle on the caller's thread. Only for a stack that was built as {@code INVOKED}; blocking calls of its
     * channels need another thread that does this.
     *
     * @return how much was done
     */
    public int invoke() {
        return pipeline.invoke();
    }

    /** The next moment, on {@link System#nanoTime}, at which {@link #invoke} has something to do by itself. */
    public long nextDeadlineNs() {
        return pipeline.nextDeadlineNs();
    }

    /** Memory that payload chunks hold now, in use or not, in bytes. */
    public long payloadBytesHeld() {
        return chunks.bytesHeld();
    }

    /** Payload chunks that hold bytes now. A moment's truth; exact once nothing happens. */
    public int chunksInUse() {
        return chunks.inUse();
    }

    /** Channels that are open, or closed and still sending. A moment's truth; exact once nothing happens. */
    public int openChannels() {
        return host.openChannels();
    }

    /**
     * Closes the stack: listeners stop, what programs have written is still sent for a moment, connections end as if closed;
     * what is left then is reset. Threads blocked in channels get exceptions. Idempotent.
     */
    @Override
    public void close() {
        if (shutdown.run()) {
            recording.close();
            if (tracking) {
                leaks = findLeaks();
            }
            arena.close();
        }
    }

    /**
     * What had not come home when the stack was closed, for tests: frames and chunks that were out, with where they were taken.
     * Empty before the close, and unless the stack was built to {@linkplain StackBuilder#trackLeaks track} them.
     */
    public List<String> leaks() {
        return leaks;
    }

    private List<String> findLeaks() {
        var found = new ArrayList<String>();
        for (FramePool pool : pipeline.pools()) {
            found.addAll(pool.leaks());
        }
        found.addAll(chunks.leaks());
        if (core.sockets().open() != 0) {
            found.add(core.sockets().open() + " sockets");
        }
        return found;
    }
}
