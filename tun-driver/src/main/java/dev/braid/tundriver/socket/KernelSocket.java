package dev.braid.tundriver.socket;

import dev.braid.tundriver.sys.Descriptors;
import dev.braid.tundriver.sys.Errno;
import dev.braid.tundriver.sys.Sockets;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.AsynchronousCloseException;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * The descriptor behind a channel. It never blocks in the kernel for longer than {@value #SLICE_MS} ms, so that a close finds nobody
 * in it soon; the number is given back only then, for it may be another file's at once. Any thread.
 */
final class KernelSocket {
    static final int IPPROTO_MPTCP = 262;

    private static final int SLICE_MS = 50;
    private static final int SO_REUSEADDR = 2;
    private static final int SO_LINGER = 13;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_NODELAY = 1;
    private static final int TCP_IS_MPTCP = 43;
    private static final int SOL_MPTCP = 284;
    private static final int MPTCP_INFO = 1;
    /** Room for more than any kernel tells. */
    private static final int INFO_ROOM = 512;

    static final Set<SocketOption<?>> OPTIONS = Set.of(
            StandardSocketOptions.SO_LINGER,
            StandardSocketOptions.SO_RCVBUF,
            StandardSocketOptions.SO_SNDBUF,
            StandardSocketOptions.TCP_NODELAY);

    private final int descriptor;
    private final int family;
    /** Shared by calls, exclusive for the close. */
    private final ReentrantReadWriteLock use = new ReentrantReadWriteLock();
    private volatile boolean closing;

    private KernelSocket(int descriptor, int family) {
        this.descriptor = descriptor;
        this.family = family;
    }

    /** A Multipath TCP socket of this family in the calling thread's network namespace. */
    static KernelSocket open(int family) throws IOException {
        int made = Sockets.socket(family, Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK, IPPROTO_MPTCP);
        var socket = new KernelSocket(check(made, "socket"), family);
        check(Sockets.option(made, Sockets.SOL_SOCKET, SO_REUSEADDR, 1), "setsockopt");
        return socket;
    }

    /** A call on the descriptor: its answer, or a negative error number. */
    @FunctionalInterface
    interface Call {
        int on(int descriptor);
    }

    /** Calls once. */
    int call(String name, Call call) throws IOException {
        use.readLock().lock();
        try {
            requireOpen();
            return check(call.on(descriptor), name);
        } finally {
            use.readLock().unlock();
        }
    }

    /** Calls until the answer is another than "not yet", waiting for these events in between. */
    int await(String name, int events, Call call) throws IOException {
        use.readLock().lock();
        try {
            while (true) {
                requireOpen();
                int answer = call.on(descriptor);
                if (answer != -Errno.EAGAIN && answer != -Errno.EINTR) {
                    return check(answer, name);
                }
                int unused = Descriptors.poll(descriptor, events, SLICE_MS);
            }
        } finally {
            use.readLock().unlock();
        }
    }

    void bind(InetSocketAddress local) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SocketAddresses.ROOM, 8);
            int length = SocketAddresses.write(local, family, address);
            int unused = call("bind", fd -> Sockets.bind(fd, address.address(), length));
        }
    }

    void connect(InetSocketAddress remote) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SocketAddresses.ROOM, 8);
            int length = SocketAddresses.write(remote, family, address);
            boolean[] begun = new boolean[1];
            int unused = await("connect", Descriptors.POLLOUT, fd -> {
                if (begun[0]) {
                    return connected(fd);
                }
                begun[0] = true;
                int answer = Sockets.connect(fd, address.address(), length);
                return answer == -Errno.EINPROGRESS ? -Errno.EAGAIN : answer;
            });
        }
    }

    private static int connected(int descriptor) {
        if (Descriptors.poll(descriptor, Descriptors.POLLOUT, 0) == 0) {
            return -Errno.EAGAIN;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(8, 4);
            value.set(ValueLayout.JAVA_INT, 4, 4);
            int answer = Sockets.readOption(descriptor, Sockets.SOL_SOCKET, Sockets.SO_ERROR, value.address(),
                    value.address() + 4);
            return answer < 0 ? answer : -value.get(ValueLayout.JAVA_INT, 0);
        }
    }

    KernelSocket accept() throws IOException {
        return new KernelSocket(await("accept", Descriptors.POLLIN, Sockets::accept), family);
    }

    @Nullable
    InetSocketAddress address(boolean ofPeer) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SocketAddresses.ROOM, 8);
            long length = arena.allocateFrom(ValueLayout.JAVA_INT, SocketAddresses.ROOM).address();
            int unused = call(ofPeer ? "getpeername" : "getsockname", fd -> ofPeer
                    ? Sockets.peerName(fd, address.address(), length)
                    : Sockets.name(fd, address.address(), length));
            return SocketAddresses.read(address);
        }
    }

    void option(SocketOption<?> option, Object value) throws IOException {
        if (option.equals(StandardSocketOptions.SO_LINGER)) {
            int seconds = (Integer) value;
            try (Arena arena = Arena.ofConfined()) {
                long linger = arena.allocateFrom(ValueLayout.JAVA_INT, seconds < 0 ? 0 : 1, Math.max(0, seconds))
                        .address();
                int unused = call("SO_LINGER", fd -> Sockets.option(fd, Sockets.SOL_SOCKET, SO_LINGER, linger, 8));
            }
        } else if (option.equals(StandardSocketOptions.TCP_NODELAY)) {
            int on = (Boolean) value ? 1 : 0;
            int unused = call("TCP_NODELAY", fd -> Sockets.option(fd, IPPROTO_TCP, TCP_NODELAY, on));
        } else if (OPTIONS.contains(option)) {
            int name = option.equals(StandardSocketOptions.SO_RCVBUF) ? SO_RCVBUF : SO_SNDBUF;
            int unused = call(option.name(), fd -> Sockets.option(fd, Sockets.SOL_SOCKET, name, (Integer) value));
        } else {
            throw new UnsupportedOperationException(option.name());
        }
    }

    /** The kernel answers for the plain TCP that a connection fell back to as for any other. */
    boolean isMultipath() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(8, 4);
            value.set(ValueLayout.JAVA_INT, 4, 4);
            int unused = call("TCP_IS_MPTCP", fd -> Sockets.readOption(fd, IPPROTO_TCP, TCP_IS_MPTCP, value.address(),
                    value.address() + 4));
            return value.get(ValueLayout.JAVA_INT, 0) != 0;
        }
    }

    ByteBuffer info() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(INFO_ROOM, 8);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, INFO_ROOM);
            int unused = call("MPTCP_INFO",
                    fd -> Sockets.readOption(fd, SOL_MPTCP, MPTCP_INFO, value.address(), length.address()));
            byte[] told = value.asSlice(0, length.get(ValueLayout.JAVA_INT, 0)).toArray(ValueLayout.JAVA_BYTE);
            return ByteBuffer.wrap(told).order(ByteOrder.nativeOrder());
        }
    }

    /** Gives the descriptor back once nobody is in a call. */
    void close() {
        closing = true;
        use.writeLock().lock();
        try {
            int unused = Descriptors.close(descriptor);
        } finally {
            use.writeLock().unlock();
        }
    }

    private void requireOpen() throws IOException {
        if (closing) {
            throw new AsynchronousCloseException();
        }
    }

    private static int check(int answer, String call) throws IOException {
        if (answer >= 0) {
            return answer;
        }
        String why = call + ": " + Errno.describe(-answer);
        throw call.equals("connect") ? new ConnectException(why) : new SocketException(why);
    }
}
