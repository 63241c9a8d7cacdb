package dev.braid.tools.kernel.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.Stack;
import dev.braid.stack.mptcp.MptcpInfo;
import dev.braid.stack.mptcp.path.Endpoint;
import dev.braid.stack.mptcp.path.EndpointException;
import dev.braid.stack.mptcp.path.Limits;
import dev.braid.stack.nio.TcpSocketOptions;
import dev.braid.stack.socket.StreamProtocol;
import dev.braid.stack.tcp.TcpState;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;

/** Braid on two TUNs. */
final class BraidHost implements Host {
    private static final int BACKLOG = 128;
    private static final List<Prefix> PATH_1 = List.of(Prefix.parse("10.78.0.0/24"), Prefix.parse("fd78::/64"));

    private final Stack stack;

    /** Braid without the endpoints that its links gave it: scenarios have endpoints of their own. */
    BraidHost(Stack stack) throws IOException {
        this.stack = stack;
        stack.paths().flush();
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
        stack.paths().limits(new Limits(addAddrAccepted, subflows));
    }

    /** Timestamps without the NOPs before them leave just the room. */
    @Override
    public void makeRoomToAnnounce(boolean v6WithPort) {}

    @Override
    public void addEndpoint(int id, String address, int port, String... flags) throws IOException {
        int bits = 0;
        for (String flag : flags) {
            bits |= switch (flag) {
                case SIGNAL -> Endpoint.SIGNAL;
                case SUBFLOW -> Endpoint.SUBFLOW;
                case BACKUP -> Endpoint.BACKUP;
                case FULLMESH -> Endpoint.FULLMESH;
                default -> throw new IllegalArgumentException(flag);
            };
        }
        int all = bits;
        change(() -> stack.paths().add(IpAddress.parse(address), port, all, -1, id));
    }

    @Override
    public void removeEndpoint(int id) throws IOException {
        change(() -> stack.paths().remove(id));
    }

    @Override
    public void backup(int id, boolean backup) throws IOException {
        change(() -> stack.paths().change(id, backup ? Endpoint.BACKUP : 0));
    }

    private interface Change {
        Endpoint make() throws IOException, EndpointException;
    }

    private static void change(Change change) throws IOException {
        try {
            Endpoint unused = change.make();
        } catch (EndpointException e) {
            throw new IOException(e);
        }
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
    public int subflowsAt(String address) throws IOException {
        IpAddress at = IpAddress.parse(address);
        return (int) stack.connections().stream()
                .filter(info -> info.state == TcpState.ESTABLISHED)
                .filter(info -> info.local.equals(at) || info.remote.equals(at))
                .count();
    }

    @Override
    public long receivedByJoined() throws IOException {
        return stack.connections().stream()
                .filter(info -> isOfPath1(info.local) || isOfPath1(info.remote))
                .mapToLong(info -> info.bytesReceived)
                .sum();
    }

    private static boolean isOfPath1(IpAddress address) {
        return PATH_1.stream().anyMatch(prefix -> prefix.contains(address));
    }

    @Override
    public boolean checksums(SocketChannel channel) throws IOException {
        List<MptcpInfo> all = stack.multipathConnections();
        assertThat(all).as("connections of a scenario").hasSize(1);
        return all.getFirst().checksum;
    }

    @Override
    public boolean isMultipath(SocketChannel channel) throws IOException {
        return channel.getOption(TcpSocketOptions.PROTOCOL) == StreamProtocol.MPTCP
                && channel.getOption(TcpSocketOptions.MPTCP_FALLBACK).isEmpty();
    }

    @Override
    public String toString() {
        return "Braid";
    }
}
