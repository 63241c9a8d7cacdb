package dev.braid.tools.kernel;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteOrder;

/**
 * The kernel's own ping: an ICMP datagram socket, which makes the kernel write the checksum, match the reply to the request,
 * cut what is too long and put the reply's fragments together.
 *
 * <p>Needs {@code net.ipv4.ping_group_range} to include the group; lives in the namespace of the thread that makes it.
 */
final class PingSocket implements AutoCloseable {
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCK_DGRAM = 2;
    private static final int IPPROTO_ICMP = 1;
    private static final int IPPROTO_ICMPV6 = 58;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVTIMEO = 20;
    private static final int ECHO_HEADER = 8;
    private static final int LARGEST = 65_536;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final MethodHandle SOCKET = bind("socket", FunctionDescriptor.of(INT, INT, INT, INT));
    private static final MethodHandle CONNECT = bind("connect",
            FunctionDescriptor.of(INT, INT, ValueLayout.ADDRESS, INT));
    private static final MethodHandle SETSOCKOPT = bind("setsockopt",
            FunctionDescriptor.of(INT, INT, INT, INT, ValueLayout.ADDRESS, INT));
    private static final MethodHandle SEND = bind("send",
            FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG, INT));
    private static final MethodHandle RECV = bind("recv",
            FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG, INT));
    private static final MethodHandle CLOSE = bind("close", FunctionDescriptor.of(INT, INT));

    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(LARGEST);
    private final boolean v4;
    private final int descriptor;

    /** A socket to this host whose calls to {@link #ping} wait so long for the reply. */
    PingSocket(InetAddress to, int timeoutMs) throws IOException {
        v4 = to instanceof Inet4Address;
        descriptor = (int) call(
                "socket", SOCKET, v4 ? AF_INET : AF_INET6, SOCK_DGRAM, v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
        MemorySegment timeout = arena.allocate(16, 8);
        timeout.set(LONG, 0, timeoutMs / 1000);
        timeout.set(LONG, 8, timeoutMs % 1000 * 1000L);
        call("setsockopt", SETSOCKOPT, descriptor, SOL_SOCKET, SO_RCVTIMEO, timeout, 16);
        byte[] address = to.getAddress();
        MemorySegment name = arena.allocate(28, 8);
        name.set(ValueLayout.JAVA_SHORT, 0, (short) (v4 ? AF_INET : AF_INET6));
        MemorySegment.copy(address, 0, name, ValueLayout.JAVA_BYTE, v4 ? 4 : 8, address.length);
        call("connect", CONNECT, descriptor, name, v4 ? 16 : 28);
    }

    private static MethodHandle bind(String name, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(Linker.nativeLinker().defaultLookup().findOrThrow(name), type);
    }

    private static long call(String name, MethodHandle function, Object... arguments) throws IOException {
        long result;
        try {
            result = ((Number) function.invokeWithArguments(arguments)).longValue();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(name, e);
        }
        if (result < 0) {
            throw new IOException(name + " failed");
        }
        return result;
    }

    /**
     * Sends a request with this data and waits for its reply.
     *
     * @return the reply's data
     * @throws IOException when none comes in time
     */
    byte[] ping(int sequence, byte[] data) throws IOException {
        buffer.asSlice(0, ECHO_HEADER).fill((byte) 0);
        buffer.set(ValueLayout.JAVA_BYTE, 0, (byte) (v4 ? 8 : 128));
        buffer.set(SHORT, 6, (short) sequence);
        MemorySegment.copy(data, 0, buffer, ValueLayout.JAVA_BYTE, ECHO_HEADER, data.length);
        call("send", SEND, descriptor, buffer, (long) ECHO_HEADER + data.length, 0);
        int length;
        do {
            length = (int) call("no reply: recv", RECV, descriptor, buffer, (long) LARGEST, 0);
        } while (buffer.get(SHORT, 6) != (short) sequence);
        return buffer.asSlice(ECHO_HEADER, length - ECHO_HEADER).toArray(ValueLayout.JAVA_BYTE);
    }

    @Override
    public void close() throws IOException {
        call("close", CLOSE, descriptor);
        arena.close();
    }
}
