package dev.braid.tools.kernel.mptcp;

import dev.braid.tundriver.netns.KernelCounters;
import dev.braid.tundriver.netns.NetworkNamespace;
import dev.braid.tundriver.socket.MptcpChannel;
import dev.braid.tundriver.socket.MptcpServerChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The Linux kernel in a namespace. */
final class KernelHost implements Host {
    private static final Pattern BYTES_RECEIVED = Pattern.compile(" bytes_received:(\\d+) ");
    /** Where mptcpi_csum_enabled is in struct mptcp_info of linux/mptcp.h. */
    private static final int CSUM_ENABLED = 42;

    private final NetworkNamespace namespace;
    private final int number;
    private final int first;

    /** @param number the last part of its addresses */
    KernelHost(NetworkNamespace namespace, int number) {
        this(namespace, number, 7);
    }

    /** @param first tells the network of its path 0: the last digit of 10.7x and fd7x */
    KernelHost(NetworkNamespace namespace, int number, int first) {
        this.namespace = namespace;
        this.number = number;
        this.first = first;
    }

    @Override
    public String address(int path, boolean v6) {
        return (v6 ? "fd7%d::%d" : "10.7%d.0.%d").formatted(first + path, number);
    }

    @Override
    public SocketChannel connect(InetSocketAddress to) throws IOException {
        // A socket of IPv4 makes no subflows of IPv6.
        SocketChannel channel = namespace.<SocketChannel, IOException>call(() -> MptcpChannel.open(true));
        try {
            channel.connect(to);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public SocketChannel connectPlain(InetSocketAddress to) throws IOException {
        return namespace.<SocketChannel, IOException>call(() -> SocketChannel.open(to));
    }

    @Override
    public ServerSocketChannel listen() throws IOException {
        return namespace.<ServerSocketChannel, IOException>call(
                () -> MptcpServerChannel.listen(new InetSocketAddress("::", 0)));
    }

    @Override
    public ServerSocketChannel listenPlain() throws IOException {
        return namespace.<ServerSocketChannel, IOException>call(
                () -> ServerSocketChannel.open().bind(new InetSocketAddress("::", 0)));
    }

    @Override
    public void limits(int subflows, int addAddrAccepted) {
        mptcp("limits", "set", "subflows", Integer.toString(subflows), "add_addr_accepted",
                Integer.toString(addAddrAccepted));
    }

    /** This kernel announces no such address while timestamps are in use. */
    @Override
    public void makeRoomToAnnounce(boolean v6WithPort) {
        if (v6WithPort) {
            namespace.sysctl("net.ipv4.tcp_timestamps", "0");
        }
    }

    @Override
    public void addEndpoint(int id, String address, int port, String... flags) {
        var words = new ArrayList<>(List.of("endpoint", "add", address, "id", Integer.toString(id)));
        words.addAll(List.of(flags));
        if (port != 0) {
            words.addAll(List.of("port", Integer.toString(port)));
        }
        mptcp(words.toArray(String[]::new));
    }

    @Override
    public void removeEndpoint(int id) {
        mptcp("endpoint", "delete", "id", Integer.toString(id));
    }

    @Override
    public void backup(int id, boolean backup) {
        mptcp("endpoint", "change", "id", Integer.toString(id), backup ? "backup" : "nobackup");
    }

    private void mptcp(String... words) {
        var command = new ArrayList<>(List.of("ip", "mptcp"));
        command.addAll(List.of(words));
        namespace.exec(command.toArray(String[]::new));
    }

    @Override
    public void setting(String name, String value) {
        namespace.sysctl("net.mptcp." + name, value);
    }

    @Override
    public long counter(String name) throws IOException {
        Long value = KernelCounters.of(namespace).get(name);
        if (value == null) {
            throw new IllegalArgumentException("the kernel has no counter " + name);
        }
        return value;
    }

    @Override
    public int subflows() {
        return (int) namespace.exec("ss", "-tnH", "state", "established").lines().count();
    }

    @Override
    public int subflowsAt(String address) {
        return (int) namespace.exec("ss", "-tnH", "state", "established")
                .lines()
                .filter(line -> line.contains("[" + address + "]:") || line.contains(" " + address + ":"))
                .count();
    }

    @Override
    public long receivedByJoined() {
        return namespace.exec("ss", "-tinHO", "state", "established")
                .lines()
                .filter(line -> line.contains("10.78.0.") || line.contains("fd78::"))
                .map(BYTES_RECEIVED::matcher)
                .mapToLong(found -> found.find() ? Long.parseLong(found.group(1)) : 0)
                .sum();
    }

    @Override
    public boolean checksums(SocketChannel channel) throws IOException {
        return ((MptcpChannel) channel).info().get(CSUM_ENABLED) != 0;
    }

    @Override
    public boolean isMultipath(SocketChannel channel) throws IOException {
        return channel instanceof MptcpChannel stream && stream.isMultipath();
    }

    @Override
    public String toString() {
        return "kernel " + number;
    }
}
