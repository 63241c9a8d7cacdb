package dev.braid.tools.demo;

import dev.braid.stack.socket.StreamProtocol;
import dev.braid.tools.testbed.BedPath;
import dev.braid.tundriver.netns.NetworkNamespace;
import dev.braid.tundriver.socket.MptcpChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;

/** The client's kernel in Braid's place, over the same NICs. */
final class KernelClient implements Client {
    private final NetworkNamespace host;
    private final StreamProtocol protocol;

    KernelClient(NetworkNamespace host, StreamProtocol protocol) {
        this.host = host;
        this.protocol = protocol;
    }

    @Override
    public SocketChannel connect(InetSocketAddress remote) throws IOException {
        return host.<SocketChannel, IOException>call(() -> protocol == StreamProtocol.MPTCP
                ? MptcpChannel.connectTo(remote)
                : SocketChannel.open(remote));
    }

    @Override
    public long srttNs(BedPath path) {
        return 0;
    }

    @Override
    public void removeAddress(BedPath path) {
        path.removeAddress();
    }

    @Override
    public void restoreAddress(BedPath path) {
        path.restoreAddress();
    }
}
