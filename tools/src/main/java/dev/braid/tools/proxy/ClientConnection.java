package dev.braid.tools.proxy;

import dev.braid.tools.host.Connected;
import dev.braid.tools.host.HostLog.Level;
import dev.braid.tools.host.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** One client from its first byte to its last, on a virtual thread of its own. */
final class ClientConnection {
    private static final long REQUEST_NS = 10_000_000_000L;

    private final ProxyServer server;
    private final SocketChannel client;
    private final InetAddress from;
    private volatile @Nullable Relay relay;
    private volatile @Nullable Traffic traffic;

    /** @param from the client's address, which is counted as making its request */
    ClientConnection(ProxyServer server, SocketChannel client, InetAddress from) {
        this.server = server;
        this.client = client;
        this.from = from;
    }

    /** Serves the client until either has had enough; a client that goes away in the middle is everyday life. */
    void run() {
        try (client) {
            ClientInput input;
            Handshake handshake;
            Target target;
            try {
                client.setOption(StandardSocketOptions.TCP_NODELAY, true);
                client.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
                input = new ClientInput(client, System.nanoTime() + REQUEST_NS);
                handshake = FirstByte.choose(input, server.logins());
                target = request(handshake, input);
            } finally {
                server.limits().requested(from);
            }
            if (target != null) {
                enter(handshake, input, target);
            }
        } catch (IOException e) {
            server.say(Level.DEBUG, "proxy: " + e.getMessage());
        }
    }

    /** What the client wants; {@code null} when it was told that it cannot be had. */
    private @Nullable Target request(Handshake handshake, ClientInput input) throws IOException {
        try {
            Target asked = handshake.request();
            return asked.client().isEmpty() ? new Target(asked.host(), asked.port(), from.getHostAddress()) : asked;
        } catch (RefusedException e) {
            refuse(handshake, input, e.refusal());
            server.say(Level.DEBUG, "proxy: " + e.getMessage());
            return null;
        }
    }

    private void enter(Handshake handshake, ClientInput input, Target target) throws IOException {
        String full = server.enter(target.client());
        if (!full.isEmpty()) {
            server.sayLimit(full);
            refuse(handshake, input, Refusal.LIMIT);
            return;
        }
        try {
            serve(handshake, input, target);
        } finally {
            server.limits().leave(target.client());
        }
    }

    private static void refuse(Handshake handshake, ClientInput input, Refusal why) throws IOException {
        handshake.refuse(why);
        input.finish();
    }

    private void serve(Handshake handshake, ClientInput input, Target target) throws IOException {
        var counts = new Traffic(System.nanoTime());
        var carrier = new Relay(client, input.rest(), server.buffers(), counts);
        relay = carrier;
        carrier.begin();
        try {
            dial(handshake, target, carrier, counts);
        } catch (ClosedByInterruptException e) {
            throw e; // the client went away
        } catch (RefusedException e) {
            handshake.refuse(e.refusal());
            server.say(Level.DEBUG, "proxy: " + target + ": " + e.getMessage());
        } finally {
            carrier.end();
        }
    }

    private void dial(Handshake handshake, Target target, Relay carrier, Traffic counts) throws IOException {
        Connected connected;
        try {
            connected = server.dialer().dial(target);
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            throw new RefusedException(Refusal.of(e), String.valueOf(e.getMessage()));
        }
        try (SocketChannel remote = connected.channel()) {
            if (server.isOwn(remote)) {
                throw new RefusedException(Refusal.FORBIDDEN, "that is the proxy itself");
            }
            remote.setOption(StandardSocketOptions.TCP_NODELAY, true);
            remote.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            if (carrier.connected(remote)) {
                traffic = counts;
                carry(handshake, target, connected, carrier, counts);
            }
        }
    }

    private void carry(Handshake handshake, Target target, Connected connected, Relay carrier, Traffic counts)
            throws IOException {
        long nowNs = System.nanoTime();
        var open = new OpenConnection(server.nextId(), target, connected, counts, nowNs);
        server.connections().add(open);
        try {
            handshake.accept();
            server.say(Level.DEBUG, "proxy: " + target + ": " + connected.how());
            carrier.carry();
        } finally {
            server.connections().remove(open);
        }
    }

    /**
     * Ends the connection if no byte went for too long.
     *
     * @param idleNs for a connection that is whole
     * @param halfClosedNs for one of which one stream has ended: the other end may have died without a word
     */
    void endIfIdle(long nowNs, long idleNs, long halfClosedNs) {
        Traffic counts = traffic;
        if (counts != null
                && nowNs - counts.lastNs() > (counts.halfClosed() ? Math.min(idleNs, halfClosedNs) : idleNs)) {
            abort();
        }
    }

    /** Ends it now. Any thread. */
    void abort() {
        Relay carrier = relay;
        if (carrier != null) {
            carrier.abort();
            return;
        }
        try {
            client.close();
        } catch (IOException e) {
            // There is nothing left to lose.
        }
    }
}
