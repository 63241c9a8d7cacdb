package dev.braid.bench.worker;

import dev.braid.tundriver.socket.MptcpChannel;
import dev.braid.tundriver.socket.MptcpServerChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** The kernel's TCP, as the answering end and as one that sends. */
final class KernelRole implements Worker.Role {
    private static final int BACKLOG = 1024;

    private final Tally tally = new Tally();
    private final boolean mptcp;

    KernelRole(Message description) throws IOException {
        mptcp = "mptcp".equals(description.values().get("protocol"));
        new Services(tally, description.flag("few") ? Services.FEW : Services.MANY).start(this::listen);
    }

    private ServerSocketChannel listen(int port) throws IOException {
        return mptcp
                ? MptcpServerChannel.listen(new InetSocketAddress("0.0.0.0", port))
                : ServerSocketChannel.open().bind(new InetSocketAddress(port), BACKLOG);
    }

    private SocketChannel open() throws IOException {
        return mptcp ? MptcpChannel.open(false) : SocketChannel.open();
    }

    @Override
    public Message order(Message order) throws IOException {
        return switch (order.verb()) {
            case "send" -> Sending.run(SocketChannel::open, KernelRole::sample, order);
            case "move" -> Moving.run(this::open, order);
            case "counters" -> KernelCounters.read();
            default -> tally.order(order);
        };
    }

    /** By ss(8), of the connections of this namespace to a discard service. */
    private static String sample() throws IOException {
        Process ss = new ProcessBuilder("ss", "-tinHO", "dport", "=", ":" + Services.DISCARD).redirectErrorStream(true)
                .start();
        String said = new String(ss.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return said.lines().findFirst().orElse("");
    }

    @Override
    public void close() {
        // The listeners end with the process.
    }
}
