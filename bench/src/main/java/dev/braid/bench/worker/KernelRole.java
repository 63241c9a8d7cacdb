package dev.braid.bench.worker;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;

/** The kernel's TCP as the answering end. */
final class KernelRole implements Worker.Role {
    private static final int BACKLOG = 1024;

    private final Tally tally = new Tally();

    KernelRole() throws IOException {
        new Services(tally).start(port -> ServerSocketChannel.open().bind(new InetSocketAddress(port), BACKLOG));
    }

    @Override
    public Message order(Message order) {
        return tally.order(order);
    }

    @Override
    public void close() {
        // The listeners end with the process.
    }
}
