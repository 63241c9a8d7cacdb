package dev.braid.stack.storm;

import dev.braid.fastpath.sim.SplitMix64;
import dev.braid.stack.socket.Errno;
import dev.braid.stack.socket.ListenSocket;
import dev.braid.stack.socket.StreamSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/** Connections between two hosts, each by its plan, and what must be true of them when they are over. */
public final class Traffic {
    private static final long SECOND_NS = 1_000_000_000L;
    /** How long an end waits for a peer that aborted, perhaps unheard. */
    private static final long PATIENCE_NS = 120 * SECOND_NS;
    private static final long AGAIN_NS = SECOND_NS / 10;
    private static final int PORT = 9_000;
    private static final int CLOSED_PORT = 9_001;

    private final long seed;
    private final SplitMix64 random;
    private final StormHost client;
    private final StormHost server;
    private final List<Connection> connections = new ArrayList<>();
    private final List<End> ends = new ArrayList<>();
    private final List<ListenSocket> listeners = new ArrayList<>();
    private final boolean ownPorts;
    private IntPredicate mayFail = port -> false;
    private IntPredicate mayBeReset = port -> false;
    private Predicate<StreamSocket> mayBeAltered = read -> false;

    /** One connection with its two ends. */
    private final class Connection {
        final Plan plan;
        final End client;
        final End server;
        final int serverPort;
        boolean started;
        /** When to try again to start it, since no link had an address to start from. */
        long againNs;
        int port;
        /** When the first of its ends was done; 0 before. */
        long leftNs;

        Connection(int number, Plan plan) {
            this.plan = plan;
            int open = ownPorts ? PORT + 2 + number : PORT;
            serverPort = plan.ending() == Plan.Ending.REFUSED ? CLOSED_PORT : open;
            long up = SplitMix64.at(seed, 2L * number + 1_000);
            long down = SplitMix64.at(seed, 2L * number + 1_001);
            boolean clientLeaves = plan.ending() == Plan.Ending.CLIENT_ABORTS
                    || plan.ending() == Plan.Ending.CLIENT_CLOSES_EARLY;
            client = new End(
                    Traffic.this.client,
                    "client " + number,
                    random.split(),
                    up,
                    down,
                    plan.bytesUp(),
                    false,
                    clientLeaves ? plan.abortAfter() : Integer.MAX_VALUE,
                    plan.ending() == Plan.Ending.CLIENT_CLOSES_EARLY);
            server = new End(
                    Traffic.this.server,
                    "server " + number,
                    random.split(),
                    down,
                    up,
                    plan.bytesDown(),
                    plan.ending() == Plan.Ending.HALF_CLOSED,
                    plan.ending() == Plan.Ending.SERVER_ABORTS ? plan.abortAfter() : Integer.MAX_VALUE,
                    false);
            client.mayBeAltered = mayBeAltered;
            server.mayBeAltered = mayBeAltered;
            ends.add(client);
            ends.add(server);
        }

        long startNs(long trafficNs) {
            return Math.max(trafficNs + plan.startNs(), againNs);
        }

        boolean isOrderly() {
            boolean planned = plan.ending() == Plan.Ending.ORDERLY || plan.ending() == Plan.Ending.HALF_CLOSED;
            boolean reset = client.error == Errno.ECONNRESET && mayBeReset.test(serverPort);
            return planned && !reset && !mayFail.test(serverPort);
        }

        boolean isOver() {
            return client.done && (server.done || (server.socket == null && !isOrderly()));
        }
    }

    /**
     * No connections yet.
     *
     * @param ownPorts each connection goes to a port of its own, which tells them apart where a NAT changes the client's; else the
     *     client's port does
     */
    public Traffic(long seed, SplitMix64 random, StormHost client, StormHost server, boolean ownPorts) {
        this.ownPorts = ownPorts;
        this.seed = seed;
        this.random = random;
        this.client = client;
        this.server = server;
        if (!ownPorts) {
            listen(PORT);
        }
    }

    /** Of connections to these ports of the server nothing is asked any more but that what arrives is right: the network may cut them. */
    public void mayFail(IntPredicate serverPort) {
        mayFail = serverPort;
    }

    /** Nor of connections to these ports whose client was told of a reset. */
    public void mayBeReset(IntPredicate serverPort) {
        mayBeReset = serverPort;
    }

    /** What such sockets read need not be what was written. Said before anything is planned. */
    public void mayBeAltered(Predicate<StreamSocket> read) {
        mayBeAltered = read;
    }

    private void listen(int port) {
        ListenSocket listener = server.core.sockets().listener(ready -> {});
        Holding.require(listener.bind(0, 0, port) == 0, "bind");
        Holding.require(listener.listen(64) == 0, "listen");
        listeners.add(listener);
    }

    private void add(Plan plan) {
        int number = connections.size();
        connections.add(new Connection(number, plan));
        if (ownPorts) {
            listen(PORT + 2 + number);
        }
    }

    /** Plans some connections. */
    public void plan() {
        int count = 1 + random.nextInt(random.chance(0.2) ? 12 : 4);
        for (int i = 0; i < count; i++) {
            add(Plan.of(random));
        }
    }

    /** Plans as many connections as asked for, all of them orderly and of a megabyte or so. */
    public void planLarge(int count) {
        for (int i = 0; i < count; i++) {
            add(Plan.large(random));
        }
    }

    /** All ends, those that have no socket yet included. */
    List<End> ends() {
        return ends;
    }

    /** The sockets there are now. */
    public List<StreamSocket> sockets() {
        var sockets = new ArrayList<StreamSocket>();
        for (End end : ends) {
            if (end.socket != null) {
                sockets.add(end.socket);
            }
        }
        return sockets;
    }

    /** Whether every connection is over. */
    public boolean isOver() {
        return connections.stream().allMatch(Connection::isOver);
    }

    /** When the next connection is to start; {@link Long#MAX_VALUE} when all have. */
    public long nextStartNs(long startedNs) {
        long next = Long.MAX_VALUE;
        for (Connection connection : connections) {
            if (!connection.started) {
                next = Math.min(next, connection.startNs(startedNs));
            }
        }
        return next;
    }

    /** Lets every end whose peer left let go, for nothing else will ever make it; false when there is none. */
    public boolean giveUpWaiting(long now) {
        boolean any = false;
        for (Connection connection : connections) {
            boolean oneDone = connection.client.done || connection.server.done;
            boolean cut = connection.started && mayFail.test(connection.serverPort);
            if (!connection.isOrderly() && (oneDone || cut) && !connection.isOver()) {
                connection.client.end(now);
                connection.server.end(now);
                any = true;
            }
        }
        return any;
    }

    /** Starts the connections whose time has come. */
    public void startDue(long startedNs, long now) {
        for (Connection connection : connections) {
            if (!connection.started && connection.startNs(startedNs) <= now) {
                start(connection, now);
            }
        }
    }

    private void start(Connection connection, long now) {
        End end = connection.client;
        end.socket = client.core.sockets().stream((socket, ready) -> end.mark());
        end.socket.options().tcp.noDelay = random.chance(0.3);
        int answer = end.socket.connect(server.address.hi(), server.address.lo(), connection.serverPort, now);
        if (answer == -Errno.ENETUNREACH) {
            end.socket.close(now);
            end.socket = null;
            connection.againNs = now + AGAIN_NS;
            return;
        }
        connection.started = true;
        Holding.require(answer == -Errno.EINPROGRESS, "connect answered " + answer);
        connection.port = end.socket.facts().localPort();
    }

    /** Lets every end do what it can. */
    public void turns(long now) {
        accept();
        for (End end : ends) {
            if (end.marked) {
                end.turn(now);
            }
        }
        for (Connection connection : connections) {
            lookAfter(connection, now);
        }
    }

    private void accept() {
        listeners.forEach(this::accept);
    }

    private void accept(ListenSocket listener) {
        while (listener.acceptable() > 0) {
            End[] found = new End[1];
            StreamSocket socket = listener.accept((ready, bits) -> {
                if (found[0] != null) {
                    found[0].mark();
                }
            });
            if (socket == null) {
                return;
            }
            for (Connection connection : connections) {
                if (connection.started && connection.server.socket == null && isOf(connection, socket)) {
                    found[0] = connection.server;
                    found[0].socket = socket;
                    found[0].mark();
                }
            }
            Holding.require(found[0] != null, "a connection from port " + socket.facts().remotePort() + " nobody made");
        }
    }

    private boolean isOf(Connection connection, StreamSocket socket) {
        return ownPorts
                ? connection.serverPort == socket.facts().localPort()
                : connection.port == socket.facts().remotePort();
    }

    /** An end whose peer is gone for good, unheard perhaps, lets go after a while. */
    private void lookAfter(Connection connection, long now) {
        if (connection.isOrderly() || connection.isOver() || !connection.started) {
            return;
        }
        boolean oneDone = connection.client.done || connection.server.done;
        if (oneDone && connection.leftNs == 0) {
            connection.leftNs = now;
        }
        if (connection.leftNs != 0 && now - connection.leftNs > PATIENCE_NS) {
            connection.client.end(now);
            connection.server.end(now);
        }
    }

    /** Closes the listener and whatever is left. */
    public void end(long now) {
        listeners.forEach(listener -> listener.close(now));
        for (End end : ends) {
            end.end(now);
        }
    }

    /** Every connection did what its plan says. */
    public void verify() {
        connections.forEach(Traffic::verify);
    }

    private static void verify(Connection connection) {
        Plan plan = connection.plan;
        if (connection.isOrderly()) {
            String complaint = connection.client.complaint(plan.bytesDown())
                    + connection.server.complaint(plan.bytesUp());
            Holding.require(complaint.isEmpty(), complaint);
        } else if (plan.ending() == Plan.Ending.REFUSED) {
            Holding.require(
                    connection.client.error == Errno.ECONNREFUSED,
                    "a refused connect ended with " + Errno.name(connection.client.error));
        } else {
            Holding.require(connection.client.read <= connection.server.written,
                    "the client read what was not written");
            Holding.require(connection.server.read <= connection.client.written,
                    "the server read what was not written");
        }
    }

    /** Each connection and its ends, a line each. */
    @Override
    public String toString() {
        var text = new StringBuilder();
        for (Connection connection : connections) {
            text.append("\n  ").append(connection.port).append(' ').append(connection.plan);
            text.append("\n    ").append(connection.client).append("\n    ").append(connection.server);
        }
        return text.toString();
    }
}
