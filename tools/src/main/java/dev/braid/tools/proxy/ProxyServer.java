package dev.braid.tools.proxy;

import dev.braid.tools.config.HostConfig;
import dev.braid.tools.host.Dialer;
import dev.braid.tools.host.HostLog;
import dev.braid.tools.host.HostLog.Level;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Serves SOCKS5 and HTTP CONNECT on the same ports, which are the kernel's. A virtual thread accepts on each port, two more carry each
 * connection. Any thread.
 */
public final class ProxyServer {
    private static final int BACKLOG = 256;
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long HALF_CLOSED_NS = 600 * SECOND_NS;
    private static final long LIMIT_LINE_NS = 60 * SECOND_NS;
    private static final long ACCEPT_PAUSE_MS = 100;
    private static final long MAX_LOOK_MS = 5_000;

    private final Dialer dialer;
    private final HostLog log;
    private final ClientLimits limits = new ClientLimits();
    private final Buffers buffers = new Buffers();
    private final OpenConnections connections = new OpenConnections();
    private final Set<ClientConnection> clients = ConcurrentHashMap.newKeySet();
    private final Map<InetSocketAddress, ServerSocketChannel> listeners = new LinkedHashMap<>();
    private final AtomicLong ids = new AtomicLong();
    private final AtomicLong lastLimitLineNs = new AtomicLong(System.nanoTime() - LIMIT_LINE_NS);
    private final ReentrantLock failingLogin = new ReentrantLock(true);
    private volatile HostConfig.Proxy config;
    private volatile Logins logins;
    private volatile List<InetSocketAddress> listening = List.of();
    private volatile boolean closed;

    private ProxyServer(HostConfig.Proxy config, Dialer dialer, HostLog log) {
        this.config = config;
        this.logins = new Logins(config.users(), failingLogin);
        this.dialer = dialer;
        this.log = log;
    }

    /**
     * Listens on all addresses and serves from then on.
     *
     * @param dialer makes the connections that clients ask for
     * @throws IOException when an address cannot be listened on, with one line that names it; then on none
     */
    public static ProxyServer start(HostConfig.Proxy config, Dialer dialer, HostLog log) throws IOException {
        var server = new ProxyServer(config, dialer, log);
        try {
            server.reconfigure(config);
        } catch (IOException | RuntimeException e) {
            server.close(Duration.ZERO);
            throw e;
        }
        Thread.ofVirtual().name("proxy-idle").start(server::endIdle);
        return server;
    }

    /**
     * Takes other settings: they count for clients that come from then on, the idle time for all.
     *
     * @throws IOException when a new address cannot be listened on: everything stays as it was
     */
    public synchronized void reconfigure(HostConfig.Proxy wanted) throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        var opened = new LinkedHashMap<InetSocketAddress, ServerSocketChannel>();
        try {
            for (InetSocketAddress address : wanted.listen()) {
                requireClosedOrGuarded(address, wanted);
                if (!listeners.containsKey(address)) {
                    opened.put(address, listen(address));
                }
            }
        } catch (IOException e) {
            opened.values().forEach(ProxyServer::close);
            throw e;
        }
        for (InetSocketAddress address : List.copyOf(listeners.keySet())) {
            ServerSocketChannel unwanted = wanted.listen().contains(address) ? null : listeners.remove(address);
            if (unwanted != null) {
                close(unwanted);
            }
        }
        listeners.putAll(opened);
        config = wanted;
        logins = new Logins(wanted.users(), failingLogin);
        var bound = new ArrayList<InetSocketAddress>();
        for (ServerSocketChannel listener : listeners.values()) {
            bound.add((InetSocketAddress) listener.getLocalAddress());
        }
        listening = List.copyOf(bound);
        opened.values().forEach(listener -> Thread.ofVirtual().name("proxy-accept").start(() -> accept(listener)));
    }

    private static void requireClosedOrGuarded(InetSocketAddress address, HostConfig.Proxy config) throws IOException {
        InetAddress ip = address.getAddress();
        if (ip == null) {
            throw new IOException("the proxy cannot listen on " + address.getHostString() + ": that is no address");
        }
        if (!ip.isLoopbackAddress() && config.users().isEmpty()) {
            throw new IOException(
                    "the proxy would be open to others on " + ip.getHostAddress() + ':' + address.getPort()
                            + ": name users, or listen on a loopback address");
        }
    }

    private static ServerSocketChannel listen(InetSocketAddress address) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        try {
            listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            return listener.bind(address, BACKLOG);
        } catch (IOException e) {
            close(listener);
            throw new IOException("the proxy cannot listen on " + address.getAddress().getHostAddress() + ':'
                    + address.getPort() + ": " + e.getMessage(), e);
        }
    }

    /** The addresses that it listens on, with the ports that were chosen where 0 was asked for. */
    public List<InetSocketAddress> addresses() {
        return listening;
    }

    /** What is being carried. */
    public OpenConnections connections() {
        return connections;
    }

    private void accept(ServerSocketChannel listener) {
        while (listener.isOpen()) {
            try {
                admit(listener.accept());
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                // Out of descriptors, most of all: some come back when connections end.
                log.say(Level.ERROR, "proxy: cannot accept: " + e.getMessage());
                pause(ACCEPT_PAUSE_MS);
            }
        }
    }

    private void admit(SocketChannel channel) {
        InetAddress from = channel.socket().getInetAddress();
        boolean full = !closed && !limits.arrive(from);
        if (closed || full) {
            close(channel);
            if (full) {
                sayLimit("too many requests are incomplete");
            }
            return;
        }
        var client = new ClientConnection(this, channel, from);
        clients.add(client);
        Thread.ofVirtual().name("proxy").start(() -> {
            try {
                client.run();
            } finally {
                clients.remove(client);
            }
        });
    }

    private void endIdle() {
        while (!closed) {
            long idleNs = config.idleSeconds() == 0 ? Long.MAX_VALUE : config.idleSeconds() * SECOND_NS;
            pause(Math.min(MAX_LOOK_MS, Math.max(1, idleNs / SECOND_NS) * 250));
            long nowNs = System.nanoTime();
            clients.forEach(client -> client.endIfIdle(nowNs, idleNs, HALF_CLOSED_NS));
        }
    }

    /**
     * Listens no more, lets what is open go on for a while, then resets what is left. Idempotent.
     *
     * @param drain how long clients may take to end by themselves
     */
    public void close(Duration drain) {
        synchronized (this) {
            closed = true;
            listeners.values().forEach(ProxyServer::close);
            listeners.clear();
        }
        awaitClients(System.nanoTime() + drain.toNanos());
        clients.forEach(ClientConnection::abort);
        awaitClients(System.nanoTime() + SECOND_NS);
    }

    private void awaitClients(long deadlineNs) {
        while (!clients.isEmpty() && System.nanoTime() - deadlineNs < 0) {
            pause(10);
        }
    }

    private static void pause(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(AutoCloseable channel) {
        try {
            channel.close();
        } catch (Exception e) {
            // There is nothing left to lose.
        }
    }

    // For the connections.

    /** Counts one more connection of a client; empty = it may be. */
    String enter(String client) {
        HostConfig.Proxy now = config;
        return limits.enter(client, now.clients(), now.clientsEach());
    }

    /** Whether a connection leads back here, where it would only come out again. */
    boolean isOwn(SocketChannel remote) throws IOException {
        return remote.getRemoteAddress() instanceof InetSocketAddress to && listening.stream()
                .anyMatch(own -> own.getPort() == to.getPort() && (own.getAddress().equals(to.getAddress())
                        || (own.getAddress().isAnyLocalAddress() && to.equals(localOf(remote, to.getPort())))));
    }

    /** The near end's address with this port: the same as the far end's when a connection does not leave the host. */
    private static InetSocketAddress localOf(SocketChannel channel, int port) {
        try {
            return channel.getLocalAddress() instanceof InetSocketAddress near
                    ? new InetSocketAddress(near.getAddress(), port)
                    : new InetSocketAddress(port);
        } catch (IOException e) {
            return new InetSocketAddress(port);
        }
    }

    void say(Level level, String line) {
        log.say(level, line);
    }

    /** One line a minute: what is refused for its number comes in numbers. */
    void sayLimit(String why) {
        long nowNs = System.nanoTime();
        long last = lastLimitLineNs.get();
        if (nowNs - last >= LIMIT_LINE_NS && lastLimitLineNs.compareAndSet(last, nowNs)) {
            log.say(Level.WARNING, "proxy: clients are turned away: " + why);
        }
    }

    Dialer dialer() {
        return dialer;
    }

    Logins logins() {
        return logins;
    }

    ClientLimits limits() {
        return limits;
    }

    Buffers buffers() {
        return buffers;
    }

    long nextId() {
        return ids.incrementAndGet();
    }
}
