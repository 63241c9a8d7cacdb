package dev.braid.tundriver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.tundriver.netns.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.util.Random;

/**
 * The kernel's side of an echo: sends random bytes over one connection and expects the same bytes back. A turn is shorter
 * than any window, since the echo host heeds none.
 */
public final class TcpEcho {
    private static final int TIMEOUT_MS = 5_000;
    private static final int TURN_BYTES = 32 << 10;

    private TcpEcho() {}

    /** Connects from inside {@code ns} and sends {@code bytes} bytes each way. */
    public static void exchange(NetworkNamespace ns, String address, int bytes) throws IOException {
        Random random = new Random(77);
        byte[] sent = new byte[TURN_BYTES];
        try (SocketChannel channel = ns.call(SocketChannel::open)) {
            Socket socket = channel.socket();
            socket.setSoTimeout(TIMEOUT_MS);
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), 7), TIMEOUT_MS);
            for (int done = 0; done < bytes; done += TURN_BYTES) {
                random.nextBytes(sent);
                socket.getOutputStream().write(sent);
                assertThat(socket.getInputStream().readNBytes(TURN_BYTES)).isEqualTo(sent);
            }
        }
    }
}
