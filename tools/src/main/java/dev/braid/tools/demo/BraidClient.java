package dev.braid.tools.demo;

import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.Stack;
import dev.braid.stack.tcp.TcpInfo;
import dev.braid.tools.testbed.BedPath;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.Comparator;

/** Braid as a demo's client. */
final class BraidClient implements Client {
    private final Stack stack;

    BraidClient(Stack stack) {
        this.stack = stack;
    }

    @Override
    public SocketChannel connect(InetSocketAddress remote) throws IOException {
        return stack.connect(remote);
    }

    @Override
    public long srttNs(BedPath path) {
        try {
            return stack.connections()
                    .stream()
                    .filter(info -> info.local.toString().equals(path.tunAddress()) && info.rttNs > 0)
                    .max(Comparator.comparingLong((TcpInfo info) -> info.bytesSent + info.bytesReceived))
                    .map(info -> info.rttNs)
                    .orElse(0L);
        } catch (IOException e) {
            return 0;
        }
    }

    @Override
    public void removeAddress(BedPath path) throws IOException {
        path.removeAddress();
        stack.paths().removeAddress(path.tun(), Prefix.parse(path.tunPrefix()));
    }

    @Override
    public void restoreAddress(BedPath path) throws IOException {
        path.restoreAddress();
        stack.paths().addAddress(path.tun(), Prefix.parse(path.tunPrefix()));
    }
}
