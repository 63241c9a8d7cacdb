package dev.braid.tools.names;

import dev.braid.tools.host.LinkView;
import java.io.IOException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** Opens the sockets that servers are asked with: unconnected, bound to the link's address and a port of their own. Any thread. */
interface DnsSockets {
    /** @param link {@code null} = a socket of the kernel's */
    DatagramChannel datagrams(@Nullable LinkView link, boolean ipv4) throws IOException;

    /** @param link {@code null} = a socket of the kernel's */
    SocketChannel stream(@Nullable LinkView link, boolean ipv4) throws IOException;
}
