package dev.braid.tools.kernel.laptop;

import dev.braid.tundriver.netns.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;

/** Knows mptcp.test and plain.test, each with an IPv4 and an IPv6 address (RFC 1035); of all else it says that it does not exist. */
final class NameServer implements AutoCloseable {
    private static final int HEAD = 12;
    private static final int A = 1;
    private static final int AAAA = 28;

    private final DatagramChannel channel;

    private NameServer(DatagramChannel channel) {
        this.channel = channel;
        Thread.ofPlatform().daemon().name("names").start(this::serve);
    }

    static NameServer start(NetworkNamespace namespace, String address) throws IOException {
        var at = new InetSocketAddress(InetAddress.getByName(address), 53);
        return new NameServer(namespace.<DatagramChannel, IOException>call(() -> DatagramChannel.open().bind(at)));
    }

    private void serve() {
        ByteBuffer packet = ByteBuffer.allocate(1500);
        try {
            while (true) {
                SocketAddress from = channel.receive(packet.clear());
                packet.flip();
                if (packet.remaining() > HEAD) {
                    channel.send(answer(packet), from);
                }
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private static ByteBuffer answer(ByteBuffer query) throws IOException {
        int at = HEAD;
        var name = new StringBuilder();
        for (int length = query.get(at); length > 0; length = query.get(at)) {
            var label = new byte[length];
            query.get(at + 1, label);
            name.append(new String(label, StandardCharsets.ISO_8859_1)).append('.');
            at += 1 + length;
        }
        int type = query.getShort(at + 1);
        int questionEnd = at + 5;
        int host = switch (name.toString()) {
            case "mptcp.test." -> 1;
            case "plain.test." -> 2;
            default -> 0;
        };
        boolean known = host != 0 && (type == A || type == AAAA);
        ByteBuffer answer = ByteBuffer.allocate(512);
        answer.putShort(query.getShort(0)).putShort((short) (0x8580 | (host == 0 ? 3 : 0)));
        answer.putShort((short) 1).putShort((short) (known ? 1 : 0)).putShort((short) 0).putShort((short) 0);
        answer.put(query.slice(HEAD, questionEnd - HEAD));
        if (known) {
            String text = type == A ? "203.0.113." + host : "2001:db8:ff::" + host;
            byte[] address = InetAddress.getByName(text).getAddress();
            answer.putShort((short) 0xc00c).putShort((short) type).putShort((short) 1).putInt(60);
            answer.putShort((short) address.length).put(address);
        }
        return answer.flip();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
