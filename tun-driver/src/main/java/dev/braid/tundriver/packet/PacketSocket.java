package dev.braid.tundriver.packet;

import dev.braid.fastpath.memory.Memory;
import dev.braid.tundriver.netlink.Link;
import dev.braid.tundriver.sys.Descriptors;
import dev.braid.tundriver.sys.Errno;
import dev.braid.tundriver.sys.LinuxException;
import dev.braid.tundriver.sys.Sockets;
import java.lang.foreign.Arena;

/**
 * A raw packet socket (packet(7)) on one Ethernet device: each read gives a frame that arrived there, each write sends one. In
 * front of every frame stands a virtio header of 10 bytes, so that frames come as they are, with partial checksums and up to 64
 * KiB long, and go the same way.
 *
 * <p>It sees what arrives, not what the host itself sends. A device in hardware that filters by address has to be promiscuous
 * ({@code ip link set NAME promisc on}) for frames to others to arrive.
 */
public final class PacketSocket implements AutoCloseable {
    private static final int AF_PACKET = 17;
    private static final int ETH_P_ALL = 3;
    private static final int SOCKADDR_LL = 20;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_VNET_HDR = 15;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    /** A super-frame is charged its true size, twice its bytes or more: room for some two hundred. */
    private static final int RECEIVE_BUFFER = 32 << 20;

    private final String name;
    private final int descriptor;

    private PacketSocket(String name, int descriptor) {
        this.name = name;
        this.descriptor = descriptor;
    }

    /**
     * A socket on a device of the calling thread's network namespace, non-blocking.
     *
     * @throws LinuxException when the kernel refuses; it takes CAP_NET_RAW
     */
    public static PacketSocket open(Link link) {
        int descriptor = Sockets.socket(AF_PACKET, Sockets.SOCK_RAW | Sockets.SOCK_NONBLOCK, 0);
        String advice = -descriptor == Errno.EPERM ? "this needs CAP_NET_RAW; run as root" : "";
        LinuxException.check(descriptor, link.name(), "socket AF_PACKET", advice);
        try (Arena arena = Arena.ofConfined()) {
            // Before it is bound: what comes first must have its header too.
            check(Sockets.option(descriptor, SOL_PACKET, PACKET_VNET_HDR, 1), link, "PACKET_VNET_HDR");
            check(Sockets.option(descriptor, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1), link, "PACKET_IGNORE_OUTGOING");
            // Without CAP_NET_ADMIN the usual limit has to do.
            Sockets.option(descriptor, Sockets.SOL_SOCKET, Sockets.SO_RCVBUFFORCE, RECEIVE_BUFFER);
            long address = Memory.allocate(arena, SOCKADDR_LL, 4);
            Memory.zero(address, SOCKADDR_LL);
            Memory.putNative16(address, AF_PACKET);
            Memory.put16(address + 2, ETH_P_ALL);
            Memory.putNative32(address + 4, link.index());
            check(Sockets.bind(descriptor, address, SOCKADDR_LL), link, "bind");
            return new PacketSocket(link.name(), descriptor);
        } catch (RuntimeException e) {
            Descriptors.close(descriptor);
            throw e;
        }
    }

    private static void check(int answer, Link link, String call) {
        LinuxException.check(answer, link.name(), call, "");
    }

    /** The device's name. */
    public String name() {
        return name;
    }

    /** For reads, writes and a poller; valid until {@link #close}. */
    public int descriptor() {
        return descriptor;
    }

    /** Closes the socket, once. */
    @Override
    public void close() {
        Descriptors.close(descriptor);
    }
}
