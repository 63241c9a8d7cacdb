package dev.braid.tools.control;

import dev.braid.tools.cli.RunningProcesses;
import dev.braid.tools.cli.UserError;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Asks a process with a stack. One thread. */
public final class ControlClient implements AutoCloseable {
    /** The longest answer: some hundred thousand connections. */
    private static final int MAX_ANSWER = 1 << 30;

    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final TypeReference<LinkedHashMap<String, Object>> OBJECT = new TypeReference<>() {};

    private final String name;
    private final SocketChannel channel;
    private final LineChannel lines;

    private ControlClient(String name, SocketChannel channel) {
        this.name = name;
        this.channel = channel;
        this.lines = new LineChannel(channel, MAX_ANSWER);
    }

    /**
     * Connects to a process with a stack.
     *
     * @param pid which one; {@code null} when there is only one
     * @throws UserError when none runs, that one does not, or several do and none was named
     */
    public static ControlClient find(@Nullable Long pid) {
        if (pid == null && RunningProcesses.pids().isEmpty()) {
            ControlClient daemon = findDaemon();
            if (daemon != null) {
                return daemon;
            }
            refuseIfClosed();
        }
        long found = RunningProcesses.choose(pid);
        String name = "process " + found;
        try {
            return new ControlClient(name, connect(RunningProcesses.socket(found)));
        } catch (IOException e) {
            throw UserError.failure(name + " does not answer: " + e.getMessage());
        }
    }

    /**
     * Connects to the host daemon: this user's own, else the system's.
     *
     * @throws UserError when none runs that this user may ask
     */
    public static ControlClient daemon() {
        ControlClient daemon = findDaemon();
        if (daemon == null) {
            refuseIfClosed();
            throw UserError.failure("no daemon is running; start it with braid up or systemctl start braid");
        }
        return daemon;
    }

    /**
     * For those who found no daemon: one that lets this user not even look for it is told from none.
     *
     * @throws UserError when there may be one
     */
    public static void refuseIfClosed() {
        for (Path folder : RunningProcesses.daemonFolders()) {
            Path socket = RunningProcesses.daemonSocket(folder);
            boolean closed = Files.isDirectory(folder)
                    && (!Files.isExecutable(folder) || (Files.exists(socket) && !Files.isWritable(socket)));
            if (closed) {
                throw UserError.failure("what runs in " + folder
                        + " is not this user's to ask: use sudo, or have admin.group of its configuration name a group of yours");
            }
        }
    }

    /** The same; {@code null} when none answers. */
    public static @Nullable ControlClient findDaemon() {
        for (Path folder : RunningProcesses.daemonFolders()) {
            ControlClient daemon = findDaemon(RunningProcesses.daemonSocket(folder));
            if (daemon != null) {
                return daemon;
            }
        }
        return null;
    }

    /** The daemon that listens there; {@code null} when none does. */
    public static @Nullable ControlClient findDaemon(Path socket) {
        try {
            SocketChannel channel = connect(socket);
            return new ControlClient("the daemon", channel);
        } catch (IOException e) {
            return null;
        }
    }

    private static SocketChannel connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** What people call the process it speaks to. */
    public String name() {
        return name;
    }

    /**
     * Asks and waits for the answer.
     *
     * @param arguments what the request says beside its {@code op}
     * @throws UserError with the other process's one line when it refused, or when it went away
     */
    public Map<String, Object> ask(String op, Map<String, ?> arguments) {
        var request = new LinkedHashMap<String, Object>();
        request.put("op", op);
        request.putAll(arguments);
        try {
            send(MAPPER.writeValueAsBytes(request));
            byte[] line = lines.read();
            if (line == null) {
                throw UserError.failure(name + " ended before it answered");
            }
            Map<String, Object> answer = MAPPER.readValue(line, OBJECT);
            if (answer.get("error") instanceof String refused) {
                throw UserError.failure(refused);
            }
            return answer;
        } catch (IOException | JacksonException e) {
            throw UserError.failure(name + " does not answer: " + e.getMessage());
        }
    }

    private void send(byte[] line) {
        try {
            lines.write(line);
        } catch (IOException e) {
            // Who is refused is told so before he asks; that line waits to be read, or reading says that there is none.
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing is left to lose.
        }
    }
}
