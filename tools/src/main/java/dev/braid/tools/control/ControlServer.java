package dev.braid.tools.control;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The control socket of a process with a stack. A request is a line with a JSON object whose {@code op} names the kind; the answer
 * is a line with the result, or {@code {"error": "one line"}}.
 *
 * <p>Who may connect is the folder's business (mode 0700), or a {@link PeerRule}'s. What comes is hostile all the same: a line is bounded, JSON that is
 * none or nested too deep is refused, and so is one client too many. Virtual threads serve.
 */
public final class ControlServer implements AutoCloseable {
    /** The longest request, bytes. */
    static final int MAX_REQUEST = 64 << 10;
    /** The most clients at a time. */
    static final int MAX_CLIENTS = 32;

    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final TypeReference<LinkedHashMap<String, Object>> OBJECT = new TypeReference<>() {};

    private final Path path;
    private final ServerSocketChannel listener;
    private final Predicate<SocketChannel> admits;
    private final Map<String, SessionHandler> handlers = new ConcurrentHashMap<>();
    private final Set<SocketChannel> clients = ConcurrentHashMap.newKeySet();

    private ControlServer(Path path, ServerSocketChannel listener, Predicate<SocketChannel> admits) {
        this.path = path;
        this.listener = listener;
        this.admits = admits;
    }

    /**
     * Opens the socket and begins to serve; what lay at the path is replaced.
     *
     * @throws IOException when it cannot be made, for example because the path is longer than a socket's may be
     */
    public static ControlServer open(Path path) throws IOException {
        ControlServer server = open(path, client -> true);
        server.serve();
        return server;
    }

    /**
     * The same for those clients alone that {@code admits} lets in, the others are told one line; and clients wait until {@link #serve}.
     */
    public static ControlServer open(Path path, Predicate<SocketChannel> admits) throws IOException {
        Files.deleteIfExists(path);
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            listener.bind(UnixDomainSocketAddress.of(path));
        } catch (IOException | RuntimeException e) {
            listener.close();
            throw e;
        }
        return new ControlServer(path, listener, admits);
    }

    /** Begins to serve; called once. */
    public void serve() {
        Thread.ofVirtual().name("control").start(this::accept);
    }

    /** Lets {@code handler} answer requests of this kind; the last one named does. */
    public ControlServer on(String op, ControlHandler handler) {
        return onSession(op, (request, session) -> handler.answer(request));
    }

    /** The same for requests whose work ends with the client. */
    public ControlServer onSession(String op, SessionHandler handler) {
        handlers.put(op, handler);
        return this;
    }

    /** Where it listens. */
    public Path path() {
        return path;
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                SocketChannel client = listener.accept();
                clients.add(client);
                if (!listener.isOpen()) {
                    client.close(); // accepted while the server closed, which may not have seen it
                    return;
                }
                Thread.ofVirtual().name("control-client").start(() -> serve(client));
            } catch (IOException e) {
                // Closed; or out of descriptors, which passes.
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(SocketChannel client) {
        var session = new ControlSession();
        try (client) {
            var lines = new LineChannel(client, MAX_REQUEST);
            if (!admits.test(client)) {
                lines.write(MAPPER.writeValueAsBytes(
                        error("this user may not ask; admin.group in the configuration admits a group")));
                return;
            }
            if (clients.size() > MAX_CLIENTS) {
                lines.write(
                        MAPPER.writeValueAsBytes(error("too many clients: " + MAX_CLIENTS + " are served at a time")));
                return;
            }
            serve(lines, session);
        } catch (IOException e) {
            // It went away.
        } finally {
            clients.remove(client);
            session.end();
        }
    }

    private void serve(LineChannel lines, ControlSession session) throws IOException {
        try {
            for (byte[] line = lines.read(); line != null; line = lines.read()) {
                lines.write(MAPPER.writeValueAsBytes(answer(line, session)));
            }
        } catch (LineTooLongException e) {
            lines.write(MAPPER.writeValueAsBytes(error("a request has at most " + MAX_REQUEST + " bytes")));
        }
    }

    private Map<String, ?> answer(byte[] line, ControlSession session) {
        Map<String, Object> request;
        try {
            request = MAPPER.readValue(line, OBJECT);
        } catch (JacksonException e) {
            return error("a request is one JSON object on a line: " + firstLine(e.getOriginalMessage()));
        }
        if (request == null || !(request.get("op") instanceof String op)) {
            return error("a request names its kind as \"op\"; there are " + new TreeSet<>(handlers.keySet()));
        }
        SessionHandler handler = handlers.get(op);
        if (handler == null) {
            return error("there is no request " + clipped(op) + "; there are " + new TreeSet<>(handlers.keySet()));
        }
        try {
            return handler.answer(request, session);
        } catch (IOException | IllegalArgumentException e) {
            return error(firstLine(e.getMessage()));
        } catch (RuntimeException defect) {
            System.getLogger("dev.braid.tools").log(System.Logger.Level.ERROR, "a control request failed", defect);
            return error("the request failed: " + defect.getClass().getSimpleName());
        }
    }

    static Map<String, String> error(String line) {
        return Map.of("error", line);
    }

    private static String firstLine(@Nullable String message) {
        return message == null ? "failed" : clipped(message.lines().findFirst().orElse("failed"));
    }

    private static String clipped(String text) {
        return text.length() > 300 ? text.substring(0, 300) + "…" : text;
    }

    /** Ends the service and removes the socket. Idempotent. */
    @Override
    public void close() {
        try {
            listener.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // The next process removes it.
        }
        for (SocketChannel client : clients) {
            try {
                client.close();
            } catch (IOException e) {
                // It is gone.
            }
        }
    }
}
