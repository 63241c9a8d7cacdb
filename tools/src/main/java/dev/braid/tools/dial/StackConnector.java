package dev.braid.tools.dial;

import dev.braid.stack.Stack;
import dev.braid.stack.nio.TcpSocketOptions;
import dev.braid.stack.socket.StreamProtocol;
import dev.braid.tools.host.GoalChoice;
import dev.braid.tools.host.LinkConnector;
import dev.braid.tools.host.LinkView;
import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** Connections of a stack, bound to the address of the link they are to begin over, and those of the kernel beside them. */
public final class StackConnector implements LinkConnector {
    private final Stack stack;

    public StackConnector(Stack stack) {
        this.stack = stack;
    }

    @Override
    public SocketChannel open(@Nullable LinkView link, boolean ipv4, GoalChoice goal) throws IOException {
        if (link == null) {
            return SocketChannel.open(ipv4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        }
        SocketChannel channel = link.bound(stack.selectorProvider().openSocketChannel(), ipv4);
        try {
            choose(channel, goal);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public DatagramChannel datagrams(@Nullable LinkView link, boolean ipv4) throws IOException {
        return link == null
                ? DatagramChannel.open()
                : link.bound(stack.selectorProvider().openDatagramChannel(), ipv4);
    }

    /** Sets what the goal means; also for a connection that runs. The kernel's have nothing to choose. */
    public static void choose(SocketChannel channel, GoalChoice goal) throws IOException {
        if (channel.supportedOptions().contains(TcpSocketOptions.MPTCP_SCHEDULER)) {
            channel.setOption(TcpSocketOptions.MPTCP_SCHEDULER, goal.scheduler());
            channel.setOption(TcpSocketOptions.MPTCP_PATH_MANAGER, goal.pathManagers());
        }
    }

    @Override
    public boolean isMultipath(SocketChannel connected) {
        return StreamProtocol.MPTCP.equals(option(connected, TcpSocketOptions.PROTOCOL))
                && "".equals(option(connected, TcpSocketOptions.MPTCP_FALLBACK));
    }

    /** The value; {@code null} when the channel has no such option, or is closed. */
    private static <T> @Nullable T option(SocketChannel channel, SocketOption<T> name) {
        try {
            return channel.supportedOptions().contains(name) ? channel.getOption(name) : null;
        } catch (IOException e) {
            return null;
        }
    }
}
