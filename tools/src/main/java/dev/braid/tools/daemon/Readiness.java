package dev.braid.tools.daemon;

import dev.braid.tundriver.sys.LinuxException;
import dev.braid.tundriver.sys.UnixDatagram;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a service manager that started this process is told (sd_notify's protocol); without one, nobody. Any thread. */
final class Readiness {
    private final @Nullable String socket;

    /** @param socket a path, or a name that begins with {@code @}; {@code null} = nobody listens */
    Readiness(@Nullable String socket) {
        this.socket = socket;
    }

    /** As the environment says. */
    static Readiness ofEnvironment() {
        return new Readiness(System.getenv("NOTIFY_SOCKET"));
    }

    /** The daemon serves. */
    void ready(String status) {
        tell("READY=1\nSTATUS=" + status);
    }

    /** The configuration is being read; {@link #ready} ends it. */
    void reloading() {
        tell("RELOADING=1\nMONOTONIC_USEC=" + TimeUnit.NANOSECONDS.toMicros(System.nanoTime()));
    }

    /** The daemon ends. */
    void stopping() {
        tell("STOPPING=1");
    }

    private void tell(String message) {
        if (socket == null || socket.isEmpty()) {
            return;
        }
        try {
            UnixDatagram.send(socket, message.getBytes(StandardCharsets.UTF_8));
        } catch (LinuxException e) {
            // A manager that does not listen learns nothing; the work goes on.
        }
    }
}
