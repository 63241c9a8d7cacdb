package dev.braid.tools.names;

import dev.braid.stack.Stack;
import dev.braid.tools.host.LinkView;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** Sockets of a stack, which leave by the link whose address they have, and of the kernel. */
final class StackDnsSockets implements DnsSockets {
    private final Stack stack;

    StackDnsSockets(Stack stack) {
        this.stack = stack;
    }

    @Override
    public DatagramChannel datagrams(@Nullable LinkView link, boolean ipv4) throws IOException {
        return link == null
                ? DatagramChannel.open()
                : bound(stack.selectorProvider().openDatagramChannel(), link, ipv4);
    }

    @Override
    public SocketChannel stream(@Nullable LinkView link, boolean ipv4) throws IOException {
        return link == null ? SocketChannel.open() : bound(stack.selectorProvider().openSocketChannel(), link, ipv4);
    }

    private static <C extends NetworkChannel> C bound(C channel, LinkView link, boolean ipv4) throws IOException {
        try {
            var source = link.source(ipv4);
            if (source == null) {
                throw new NoRouteToHostException(link.nic() + " has no address of this family");
            }
            channel.bind(new InetSocketAddress(InetAddress.getByAddress(source.toBytes()), 0));
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }
}
