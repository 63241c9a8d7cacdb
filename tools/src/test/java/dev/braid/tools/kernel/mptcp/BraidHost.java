package dev.braid.tools.kernel.mptcp;

import dev.braid.stack.Stack;
import dev.braid.stack.nio.TcpSocketOptions;
import dev.braid.stack.socket.StreamProtocol;
import dev.braid.stack.tcp.TcpState;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Braid on two TUNs. */
final class BraidHost implements Host {
    private static final int BACKLOG = 128;

    private final Stack stack;

    BraidHost(Stack stack) {
        this.stack = stack;
    }

    @Override
    public String address(int path, boolean v6) {
        return (v6 ? "fd7%d::2" : "10.7%d.0.2").formatted(7 + path);
    }

    @Override
    public SocketChannel connect(InetSocketAddress to) throws IOException {
        return stack.connect(to);
    }

    @Override
    public SocketChannel connectPlain(InetSocketAddress to) throws IOException {
        SocketChannel channel = stack.selectorProvider().openSocketChannel();
        try {
            channel.setOption(TcpSocketOptions.PROTOCOL, StreamProtocol.TCP);
            channel.connect(to);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public ServerSocketChannel listen() throws IOException {
        return stack.listen(new InetSocketAddress(0), BACKLOG);
    }

    @Override
    public ServerSocketChannel listenPlain() throws IOException {
        ServerSocketChannel channel = stack.selectorProvider().openServerSocketChannel();
        try {
            channel.setOption(TcpSocketOptions.PROTOCOL, StreamProtocol.TCP);
            return channel.bind(new InetSocketAddress(0), BACKLOG);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public void limits(int subflows, int addAddrAccepted) throws IOException {
        throw new UnsupportedOperationException("limits");
    }

    @Override
    public void addEndpoint(int id, String address, int port, String... flags) throws IOException {
        throw new UnsupportedOperationException("endpoints");
    }

    @Override
    public void removeEndpoint(int id) throws IOException {
        throw new UnsupportedOperationException("endpoints");
    }

    @Override
    public void backup(int id, boolean backup) throws IOException {
        throw new UnsupportedOperationException("endpoints");
    }

    @Override
    public void setting(String name, String value) throws IOException {
        stack.tunables().change("net.mptcp." + name, value);
    }

    @Override
    public long counter(String name) {
        return stack.counters().value(name);
    }

    @Override
    public int subflows() throws IOException {
        return (int) stack.connections().stream().filter(info -> info.state == TcpState.ESTABLISHED).count();
    }

    @Override
    public String toString() {
        return "Braid";
    }
}
