package dev.braid.tundriver.socket;

import dev.braid.tundriver.sys.Descriptors;
import dev.braid.tundriver.sys.Sockets;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A stream over the kernel's Multipath TCP. Blocks always: there is no selector for it. Any thread; one may read while another
 * writes.
 */
public final class MptcpChannel extends SocketChannel {
    private final KernelSocket socket;
    private volatile boolean connected;

    MptcpChannel(KernelSocket socket, boolean connected) {
        super(SelectorProvider.provider());
        this.socket = socket;
        this.connected = connected;
    }

    /** A channel of the calling thread's network namespace, to be connected to an address of this family. */
    public static MptcpChannel open(boolean v6) throws IOException {
        return new MptcpChannel(KernelSocket.open(v6 ? Sockets.AF_INET6 : Sockets.AF_INET), false);
    }

    /** As {@link #open}, connected. */
    public static MptcpChannel connectTo(InetSocketAddress remote) throws IOException {
        int family = SocketAddresses.family(remote.getAddress());
        var channel = new MptcpChannel(KernelSocket.open(family), false);
        try {
            channel.connect(remote);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public SocketChannel bind(@Nullable SocketAddress local) throws IOException {
        if (local != null) {
            socket.bind((InetSocketAddress) local);
        }
        return this;
    }

    @Override
    public boolean connect(SocketAddress remote) throws IOException {
        if (connected) {
            throw new AlreadyConnectedException();
        }
        socket.connect((InetSocketAddress) remote);
        connected = true;
        return true;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        if (!into.hasRemaining()) {
            return 0;
        }
        ByteBuffer direct = into.isDirect() ? into : ByteBuffer.allocateDirect(into.remaining());
        long address = MemorySegment.ofBuffer(direct).address();
        int length = direct.remaining();
        int got = socket.await("read", Descriptors.POLLIN, fd -> Descriptors.read(fd, address, length));
        if (into.isDirect()) {
            into.position(into.position() + got);
        } else {
            into.put(direct.limit(got));
        }
        return got == 0 ? -1 : got;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        if (!from.hasRemaining()) {
            return 0;
        }
        ByteBuffer direct = from.isDirect() ? from : copy(from);
        long address = MemorySegment.ofBuffer(direct).address();
        int length = direct.remaining();
        int taken = socket.await("write", Descriptors.POLLOUT, fd -> Descriptors.write(fd, address, length));
        from.position(from.position() + taken);
        return taken;
    }

    private static ByteBuffer copy(ByteBuffer from) {
        return ByteBuffer.allocateDirect(from.remaining()).put(from.duplicate()).flip();
    }

    @Override
    public long read(ByteBuffer[] into, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            if (into[i].hasRemaining()) {
                return read(into[i]);
            }
        }
        return 0;
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) throws IOException {
        long taken = 0;
        for (int i = offset; i < offset + length; i++) {
            while (from[i].hasRemaining()) {
                taken += write(from[i]);
            }
        }
        return taken;
    }

    @Override
    public SocketChannel shutdownInput() throws IOException {
        int unused = socket.call("shutdown", fd -> Sockets.shutdown(fd, Sockets.SHUT_RD));
        return this;
    }

    @Override
    public SocketChannel shutdownOutput() throws IOException {
        int unused = socket.call("shutdown", fd -> Sockets.shutdown(fd, Sockets.SHUT_WR));
        return this;
    }

    @Override
    public <T> SocketChannel setOption(SocketOption<T> option, T value) throws IOException {
        socket.option(option, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> option) {
        throw new UnsupportedOperationException(option.name());
    }

    /** Whether the connection speaks Multipath TCP: it did not fall back to plain TCP, and did not begin as that. */
    public boolean isMultipath() throws IOException {
        return socket.isMultipath();
    }

    /**
     * What the kernel tells of the connection: {@code struct mptcp_info}, as much of it as this kernel knows, in the machine's byte order.
     *
     * @throws IOException also when {@link #isMultipath} does not hold
     */
    public ByteBuffer info() throws IOException {
        return socket.info();
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return KernelSocket.OPTIONS;
    }

    @Override
    public Socket socket() {
        throw new UnsupportedOperationException("there is only the channel");
    }

    @Override
    public boolean isConnected() {
        return connected;
    }

    @Override
    public boolean isConnectionPending() {
        return false;
    }

    @Override
    public boolean finishConnect() {
        return connected;
    }

    @Override
    public @Nullable SocketAddress getRemoteAddress() throws IOException {
        return connected ? socket.address(true) : null;
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
