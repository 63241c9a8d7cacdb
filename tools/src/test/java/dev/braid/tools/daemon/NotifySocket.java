package dev.braid.tools.daemon;

import dev.braid.fastpath.memory.Memory;
import dev.braid.tundriver.sys.Descriptors;
import dev.braid.tundriver.sys.LinuxException;
import dev.braid.tundriver.sys.Sockets;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The socket on which a service manager hears of its services. */
public final class NotifySocket implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int MOST_BYTES = 4096;

    private final Path path;
    private final int descriptor;

    private NotifySocket(Path path, int descriptor) {
        this.path = path;
        this.descriptor = descriptor;
    }

    /** Makes one at this path. */
    public static NotifySocket open(Path path) {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        int descriptor = Sockets.socket(AF_UNIX, SOCK_DGRAM | Sockets.SOCK_NONBLOCK, 0);
        LinuxException.check(descriptor, "notify", "socket", "");
        try (Arena arena = Arena.ofConfined()) {
            long address = Memory.allocate(arena, 110, 8);
            Memory.putNative16(address, AF_UNIX);
            Memory.copyIn(name, 0, address + 2, name.length);
            LinuxException.check(Sockets.bind(descriptor, address, 3 + name.length), "notify", "bind", "");
        }
        return new NotifySocket(path, descriptor);
    }

    /** What {@code NOTIFY_SOCKET} is. */
    public String name() {
        return path.toString();
    }

    /** The messages that have come, in order; each only once. */
    public List<String> told() {
        List<String> all = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            long buffer = Memory.allocate(arena, MOST_BYTES, 8);
            for (int got = receive(buffer); got >= 0; got = receive(buffer)) {
                byte[] data = new byte[got];
                Memory.copyOut(buffer, data, 0, got);
                all.add(new String(data, StandardCharsets.UTF_8));
            }
        }
        return all;
    }

    private int receive(long buffer) {
        return Sockets.recvfrom(descriptor, buffer, MOST_BYTES, 0, 0L, 0L);
    }

    @Override
    public void close() {
        Descriptors.close(descriptor);
    }
}
