package dev.braid.tools.drill;

import dev.braid.fastpath.device.Deadlines;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The two listening sockets and all sessions, on one thread. The order of things is the protocol's: a session's calls that have
 * arrived come before its packets, and an answer comes after the packets it caused.
 */
final class Endpoint implements AutoCloseable {
    private static final int SEND_BUFFER = 8 << 20;
    private static final long MILLI_NS = 1_000_000;
    private static final int VIRTUAL_CLOCK = 1;
    private static final int PROTOCOL_VERSION = 1;

    /** A connection and what it turned out to be. */
    private static final class Client {
        private final RecordChannel records;
        private final boolean wire;
        private @Nullable Session session;

        private Client(RecordChannel records, boolean wire) {
            this.records = records;
            this.wire = wire;
        }
    }

    private final boolean virtualClock;
    private final PrintStream log;
    private final Selector selector = Selector.open();
    private final List<Path> paths = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();
    /** By token, the latest last. */
    private final Map<String, Session> sessions = new LinkedHashMap<>();
    private volatile boolean stopping;

    /**
     * Listens on both sockets.
     *
     * @param log gets a line for each client that breaks the protocol, and for each defect of the stack
     * @throws IOException when a path cannot be bound
     */
    Endpoint(Path calls, Path wire, boolean virtualClock, PrintStream log) throws IOException {
        this.virtualClock = virtualClock;
        this.log = log;
        try {
            listen(calls, false);
            listen(wire, true);
        } catch (IOException failed) {
            close();
            throw failed;
        }
    }

    private void listen(Path path, boolean wire) throws IOException {
        var address = UnixDomainSocketAddress.of(path);
        removeLeftover(path, address);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(address).configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT, wire);
        } catch (IOException failed) {
            server.close();
            throw new IOException("cannot listen on " + path + ": " + failed.getMessage(), failed);
        }
        paths.add(path);
    }

    /** A socket that nobody answers on is what a killed endpoint left; anything else is somebody's. */
    private static void removeLeftover(Path path, UnixDomainSocketAddress address) throws IOException {
        if (Files.isRegularFile(path) || Files.isDirectory(path) || !Files.exists(path)) {
            return;
        }
        try (SocketChannel probe = SocketChannel.open(address)) {
            throw new IOException(path + " is in use" + (probe.isConnected() ? " by another endpoint" : ""));
        } catch (ConnectException nobody) {
            Files.delete(path);
        }
    }

    /** Serves until {@link #stop}, and ends every session then. */
    void run() throws IOException {
        try {
            serve();
        } finally {
            for (Client client : List.copyOf(clients)) {
                drop(client);
            }
        }
    }

    private void serve() throws IOException {
        while (!stopping) {
            select();
            acceptNew();
            flushWritable();
            for (Client client : List.copyOf(clients)) {
                if (!client.wire) {
                    guarded(client, () -> readCalls(client));
                }
            }
            for (Client client : List.copyOf(clients)) {
                if (client.wire) {
                    guarded(client, () -> readWire(client));
                }
            }
            if (!virtualClock) {
                sessions.values().forEach(Session::refresh);
            }
            reportDefects();
        }
    }

    /** Ends {@link #run} soon. From any thread. */
    void stop() {
        stopping = true;
        selector.wakeup();
    }

    private void select() throws IOException {
        long dueNs = Deadlines.NONE;
        long nowNs = 0;
        if (!virtualClock) {
            for (Session session : sessions.values()) {
                nowNs = session.clock().readNs();
                dueNs = Math.min(dueNs, session.nextDeadlineNs() - nowNs);
            }
        }
        if (dueNs <= 0) {
            selector.selectNow();
        } else {
            selector.select(dueNs >= Deadlines.NONE / 2 ? 0 : dueNs / MILLI_NS + 1);
        }
    }

    private void acceptNew() throws IOException {
        for (SelectionKey key : selector.selectedKeys()) {
            if (!key.isValid() || !key.isAcceptable() || !(key.channel() instanceof ServerSocketChannel server)) {
                continue;
            }
            for (SocketChannel channel = server.accept(); channel != null; channel = server.accept()) {
                channel.configureBlocking(false);
                channel.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER);
                SelectionKey registered = channel.register(selector, SelectionKey.OP_READ);
                clients.add(new Client(new RecordChannel(channel, registered), Boolean.TRUE.equals(key.attachment())));
            }
        }
        selector.selectedKeys().clear();
    }

    private void flushWritable() {
        for (Client client : clients) {
            client.records.flush();
        }
    }

    /** A client that breaks the protocol costs itself and its session, and no other. */
    private void guarded(Client client, Runnable work) {
        try {
            work.run();
            if (client.records.ended()) {
                drop(client);
            }
        } catch (BadRecord wrong) {
            log.println("braid drill: " + name(client) + ": " + wrong.getMessage() + "; closed");
            drop(client);
        } catch (RuntimeException defect) {
            log.println("braid drill: " + name(client) + ": a defect, closed: " + defect);
            defect.printStackTrace(log);
            drop(client);
        }
    }

    private static String name(Client client) {
        Session session = client.session;
        String kind = client.wire ? "a wire client" : "a call client";
        return session == null ? kind : kind + " of session " + session.token();
    }

    private void drop(Client client) {
        client.records.close();
        clients.remove(client);
        Session session = client.session;
        if (session != null) {
            end(session);
        }
    }

    private void end(Session session) {
        sessions.remove(session.token(), session);
        for (Client other : List.copyOf(clients)) {
            if (other.session == session) {
                other.records.close();
                clients.remove(other);
            }
        }
        session.close();
    }

    // The call socket.

    private void readCalls(Client client) {
        client.records.fill();
        for (ByteBuffer record = client.records.next(); record != null; record = client.records.next()) {
            CallRecord call = CallRecord.decode(record);
            Session session = client.session;
            switch (call.op()) {
                case HELLO -> greet(client, call);
                case CONTROL -> client.records.send(control(call).encode(call.id(), 0));
                case BYE -> {
                    client.records.send(Answer.of(0).encode(call.id(), 0));
                    drop(client);
                    return;
                }
                default -> {
                    if (session == null) {
                        throw new BadRecord(call.op() + " before HELLO");
                    }
                    session.onCall(call, client.records);
                }
            }
        }
    }

    private void greet(Client client, CallRecord call) {
        if (client.session != null) {
            throw new BadRecord("a second HELLO");
        }
        Greeting greeting = Greeting.parse(call.text());
        Session former = sessions.get(greeting.token());
        if (former != null) {
            end(former);
        }
        var session = new Session(greeting, virtualClock ? DrillClock.virtual() : DrillClock.real());
        client.session = session;
        sessions.put(greeting.token(), session);
        Answer answer = Answer.of(PROTOCOL_VERSION).withA0(virtualClock ? VIRTUAL_CLOCK : 0);
        client.records.send(answer.encode(call.id(), session.clock().nowUsecs()));
    }

    /** Commands come on connections of their own and concern the session that began last. */
    private Answer control(CallRecord call) {
        Session live = null;
        for (Session session : sessions.values()) {
            live = session;
        }
        return live == null ? ControlCommands.said(1, "no session is open\n") : live.onControl(call);
    }

    // The wire socket.

    private void readWire(Client client) {
        client.records.fill();
        for (ByteBuffer bytes = client.records.next(); bytes != null; bytes = client.records.next()) {
            WireRecord record = WireRecord.decode(bytes);
            if (record.type() == WireRecord.HELLO) {
                attach(client, record);
                continue;
            }
            Session session = client.session;
            if (session == null) {
                throw new BadRecord("a packet before the greeting");
            }
            callsFirst(session);
            if (client.records.ended()) {
                return; // one of the calls broke the protocol, and took the session with it
            }
            switch (record.type()) {
                case WireRecord.INJECT -> session.onInject(record, client.records);
                case WireRecord.WAIT -> session.onWait(record, client.records);
                default -> throw new BadRecord("a wire record of type " + record.type());
            }
        }
    }

    private void attach(Client client, WireRecord record) {
        Greeting greeting = Greeting.parse(StandardCharsets.UTF_8.decode(record.data()).toString());
        Session session = sessions.get(greeting.token());
        if (session == null || session.wire().channel() != null) {
            throw new BadRecord("no session " + greeting.token() + " waits for a wire");
        }
        client.session = session;
        session.wire().connect(client.records);
        client.records.send(WireRecord.bare(WireRecord.DONE, record.seq(), session.clock().nowUsecs()).encode());
    }

    /** Every call that has arrived is handled before a packet. */
    private void callsFirst(Session session) {
        for (Client other : List.copyOf(clients)) {
            if (!other.wire && other.session == session) {
                guarded(other, () -> readCalls(other));
            }
        }
    }

    private void reportDefects() {
        for (Session session : sessions.values()) {
            String defect = session.takeDefect();
            if (defect != null) {
                log.println("braid drill: session " + session.token() + ": a defect of the stack: " + defect);
            }
        }
    }

    /** Stops listening and removes the socket files. Not while {@link #run} runs. */
    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
        for (Path path : paths) {
            Files.deleteIfExists(path);
        }
    }
}
