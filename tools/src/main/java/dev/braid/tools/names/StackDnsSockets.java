package dev.braid.tools.names;

import dev.braid.stack.Stack;
import dev.braid.tools.host.LinkView;
import java.io.IOException;
import java.nio.channels.DatagramChannel;
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
                : link.bound(stack.selectorProvider().openDatagramChannel(), ipv4);
    }

    @Override
    public SocketChannel stream(@Nullable LinkView link, boolean ipv4) throws IOException {
        return link == null ? SocketChannel.open() : link.bound(stack.selectorProvider().openSocketChannel(), ipv4);
    }
}
