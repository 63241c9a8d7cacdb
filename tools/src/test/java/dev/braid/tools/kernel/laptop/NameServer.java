package dev.braid.tools.kernel.laptop;

import dev.braid.tools.names.FakeNameServer;
import dev.braid.tools.names.MessageBytes;
import dev.braid.tundriver.netns.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.List;

/** A name server that knows mptcp.test and plain.test, each with an IPv4 and an IPv6 address, and says of all else that it does not exist. */
final class NameServer {
    private static final int PORT = 53;
    private static final int A = 1;
    private static final int AAAA = 28;
    private static final int NO_SUCH_NAME = 3;

    private NameServer() {}

    static FakeNameServer start(NetworkNamespace namespace, String address) throws IOException {
        var at = new InetSocketAddress(InetAddress.getByName(address), PORT);
        return namespace.<FakeNameServer, IOException>call(() -> new FakeNameServer(
                DatagramChannel.open().bind(at), ServerSocketChannel.open().bind(at), query -> List.of(answer(query))));
    }

    private static byte[] answer(byte[] query) {
        String name = MessageBytes.nameIn(query);
        int host = switch (name) {
            case "mptcp.test" -> 1;
            case "plain.test" -> 2;
            default -> 0;
        };
        MessageBytes answer = MessageBytes.answerTo(query);
        if (host == 0) {
            answer.code(NO_SUCH_NAME);
        } else if (MessageBytes.typeIn(query) == A) {
            answer.address(name, 60, "203.0.113." + host);
        } else if (MessageBytes.typeIn(query) == AAAA) {
            answer.address(name, 60, "2001:db8:ff::" + host);
        }
        return answer.build();
    }
}
