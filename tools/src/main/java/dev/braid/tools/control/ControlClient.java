package dev.braid.tools.control;

import dev.braid.tools.cli.RunningProcesses;
import dev.braid.tools.cli.UserError;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
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

    private final long pid;
    private final SocketChannel channel;
    private final LineChannel lines;

    private ControlClient(long pid, SocketChannel channel) {
        this.pid = pid;
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
        long found = RunningProcesses.choose(pid);
        try {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(UnixDomainSocketAddress.of(RunningProcesses.socket(found)));
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
            return new ControlClient(found, channel);
        } catch (IOException e) {
            throw UserError.failure("process " + found + " does not answer: " + e.getMessage());
        }
    }

    /** The process it speaks to. */
    public long pid() {
        return pid;
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
            lines.write(MAPPER.writeValueAsBytes(request));
            byte[] line = lines.read();
            if (line == null) {
                throw UserError.failure("process " + pid + " ended before it answered");
            }
            Map<String, Object> answer = MAPPER.readValue(line, OBJECT);
            if (answer.get("error") instanceof String refused) {
                throw UserError.failure(refused);
            }
            return answer;
        } catch (IOException | JacksonException e) {
            throw UserError.failure("process " + pid + " does not answer: " + e.getMessage());
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
