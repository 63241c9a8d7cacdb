package dev.braid.tundriver.socket;

import dev.braid.tundriver.sys.Sockets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A listener of the kernel's Multipath TCP; connections without it are taken as well. Blocks always. Any thread. */
public final class MptcpServerChannel extends ServerSocketChannel {
    private static final int DEFAULT_BACKLOG = 128;

    private final KernelSocket socket;

    private MptcpServerChannel(KernelSocket socket) {
        super(SelectorProvider.provider());
        this.socket = socket;
    }

    /** A listener at an address of the calling thread's network namespace. */
    public static MptcpServerChannel listen(InetSocketAddress local) throws IOException {
        var channel = new MptcpServerChannel(KernelSocket.open(SocketAddresses.family(local.getAddress())));
        try {
            channel.bind(local, DEFAULT_BACKLOG);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public ServerSocketChannel bind(@Nullable SocketAddress local, int backlog) throws IOException {
        if (local != null) {
            socket.bind((InetSocketAddress) local);
        }
        int unused = socket.call("listen", fd -> Sockets.listen(fd, backlog < 1 ? DEFAULT_BACKLOG : backlog));
        return this;
    }

    @Override
    public SocketChannel accept() throws IOException {
        return new MptcpChannel(socket.accept(), true);
    }

    @Override
    public <T> ServerSocketChannel setOption(SocketOption<T> option, T value) throws IOException {
        socket.option(option, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> option) {
        throw new UnsupportedOperationException(option.name());
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return KernelSocket.OPTIONS;
    }

    @Override
    public ServerSocket socket() {
        throw new UnsupportedOperationException("there is only the channel");
    }

    @Override
    public @Nullable SocketAddress getLocalAddress() throws IOException {
        return socket.address(false);
    }

    @Override
    protected void implCloseSelectableChannel() {
        socket.close();
    }

    @Override
    protected void implConfigureBlocking(boolean block) {
        if (!block) {
            throw new UnsupportedOperationException("this channel always blocks");
        }
    }
}
