package dev.braid.tools.host;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** Opens connections and datagram channels over one link, or past the stack. Closing one from another thread ends the try. Any thread. */
public interface LinkConnector {
    /**
     * An unconnected channel for this way.
     *
     * @param link {@code null} = a socket of the kernel's
     */
    SocketChannel open(@Nullable LinkView link, boolean ipv4, GoalChoice goal) throws IOException;

    /**
     * An unconnected channel for datagrams this way.
     *
     * @param link {@code null} = a socket of the kernel's
     */
    DatagramChannel datagrams(@Nullable LinkView link, boolean ipv4) throws IOException;

    /** Whether a connected channel speaks Multipath TCP; never of the kernel's. */
    boolean isMultipath(SocketChannel connected);

    /** Connects; blocks. */
    default void connect(SocketChannel channel, InetSocketAddress remote) throws IOException {
        channel.connect(remote);
    }
}
