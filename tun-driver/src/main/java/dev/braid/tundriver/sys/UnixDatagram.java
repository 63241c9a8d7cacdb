package dev.braid.tundriver.sys;

import dev.braid.fastpath.memory.Memory;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;

/** Sends datagrams to Unix sockets, which the JDK cannot: a service manager listens on one. Any thread. */
public final class UnixDatagram {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    /** {@code struct sockaddr_un}: the family, then at most this many bytes of path. */
    private static final int FAMILY = 2;
    private static final int MAX_PATH = 108;

    private UnixDatagram() {}

    /**
     * Sends one datagram and keeps nothing open; never waits for room.
     *
     * @param path the receiving socket; one that begins with {@code @} is in Linux's abstract namespace
     * @throws LinuxException ENOENT or ECONNREFUSED when nobody listens there, EAGAIN when the receiver is full, EINVAL for a path of 0 or
     *     more than 108 bytes, or one that is neither absolute nor abstract
     */
    public static void send(String path, byte[] data) {
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        boolean isAbstract = path.startsWith("@");
        // A path is closed by a zero, for which there must be room; an abstract name is as long as the length says.
        if (!(isAbstract || path.startsWith("/")) || name.length > (isAbstract ? MAX_PATH : MAX_PATH - 1)) {
            throw new LinuxException(path, "sendto", Errno.EINVAL, "not the path of a Unix socket");
        }
        int length = FAMILY + name.length + (isAbstract ? 0 : 1);
        int descriptor = Sockets.socket(AF_UNIX, SOCK_DGRAM | Sockets.SOCK_NONBLOCK, 0);
        LinuxException.check(descriptor, path, "socket", "");
        try (Arena arena = Arena.ofConfined()) {
            if (isAbstract) {
                name[0] = 0;
            }
            long address = Memory.allocate(arena, FAMILY + MAX_PATH, 8);
            Memory.putNative16(address, AF_UNIX);
            Memory.copyIn(name, 0, address + FAMILY, name.length);
            long bytes = Memory.allocate(arena, Math.max(1, data.length), 8);
            Memory.copyIn(data, 0, bytes, data.length);
            int sent = Sockets.sendto(descriptor, bytes, data.length, address, length);
            LinuxException.check(sent, path, "sendto", "");
        } finally {
            Descriptors.close(descriptor);
        }
    }
}
