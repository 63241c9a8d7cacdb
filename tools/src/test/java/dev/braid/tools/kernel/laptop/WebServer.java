package dev.braid.tools.kernel.laptop;

import dev.braid.tundriver.netns.NetworkNamespace;
import dev.braid.tundriver.socket.MptcpServerChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * As much HTTP as curl needs: {@code GET /N} gives N seeded bytes, {@code PUT} answers with the SHA-256 of what it was given. The sockets
 * are the kernel's. One thread accepts, each connection has another; all end with {@link #close}.
 */
final class WebServer implements AutoCloseable {
    private static final int MAX_HEAD = 8192;
    private static final int BLOCK = 1 << 18;
    private static final byte[] CONTENT = content();

    private final ServerSocketChannel listener;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

    private WebServer(ServerSocketChannel listener) {
        this.listener = listener;
        Thread.ofPlatform().daemon().name("web-accept").start(this::accept);
    }

    /** One that speaks Multipath TCP. */
    static WebServer mptcp(NetworkNamespace namespace, String address, int port) throws IOException {
        InetAddress at = InetAddress.getByName(address);
        return new WebServer(namespace.<ServerSocketChannel, IOException>call(
                () -> MptcpServerChannel.listen(new InetSocketAddress(at, port))));
    }

    /** One that speaks TCP alone. */
    static WebServer plain(NetworkNamespace namespace, String address, int port) throws IOException {
        InetAddress at = InetAddress.getByName(address);
        return new WebServer(namespace.<ServerSocketChannel, IOException>call(
                () -> ServerSocketChannel.open().bind(new InetSocketAddress(at, port))));
    }

    /** The SHA-256 of what {@code GET /bytes} gives, in hexadecimal. */
    static String digest(long bytes) {
        MessageDigest sha = sha256();
        for (long at = 0; at < bytes; at += CONTENT.length) {
            sha.update(CONTENT, 0, (int) Math.min(CONTENT.length, bytes - at));
        }
        return HexFormat.of().formatHex(sha.digest());
    }

    /** That many bytes as {@code GET} gives them. */
    static byte[] bytes(int count) {
        var all = new byte[count];
        for (int at = 0; at < count; at += CONTENT.length) {
            System.arraycopy(CONTENT, 0, all, at, Math.min(CONTENT.length, count - at));
        }
        return all;
    }

    private static byte[] content() {
        // Not a power of two, so that a piece in a wrong place is seen.
        var made = new byte[999_983];
        new Random(8684).nextBytes(made);
        return made;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void accept() {
        while (true) {
            SocketChannel accepted;
            try {
                accepted = listener.accept();
            } catch (IOException e) {
                return;
            }
            open.add(accepted);
            Thread.ofPlatform().daemon().name("web").start(() -> serve(accepted));
        }
    }

    private void serve(SocketChannel channel) {
        try (channel) {
            ByteBuffer in = ByteBuffer.allocate(BLOCK);
            for (String head = head(channel, in); head != null; head = head(channel, in)) {
                String[] request = head.split("[ \r\n]", 3);
                if (request[0].equals("GET")) {
                    give(channel, Long.parseLong(request[1].substring(1)));
                } else {
                    take(channel, in, head);
                }
            }
        } catch (IOException e) {
            // The client went away.
        } finally {
            open.remove(channel);
        }
    }

    /** Reads up to the empty line; what follows stays in {@code in}. {@code null} = the client is done. */
    private static String head(SocketChannel channel, ByteBuffer in) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            in.flip();
            while (in.hasRemaining() && head.indexOf("\r\n\r\n") < 0) {
                head.append((char) (in.get() & 0xff));
            }
            in.compact();
            if (head.indexOf("\r\n\r\n") >= 0) {
                break;
            }
            if (head.length() > MAX_HEAD || channel.read(in) < 0) {
                return null;
            }
        }
        return head.toString();
    }

    private static void give(SocketChannel channel, long bytes) throws IOException {
        write(channel, "HTTP/1.1 200 OK\r\nContent-Length: " + bytes + "\r\n\r\n");
        for (long at = 0; at < bytes; at += CONTENT.length) {
            writeAll(channel, ByteBuffer.wrap(CONTENT, 0, (int) Math.min(CONTENT.length, bytes - at)));
        }
    }

    private static void take(SocketChannel channel, ByteBuffer in, String head) throws IOException {
        long left = 0;
        for (String line : head.split("\r\n", -1)) {
            if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
                left = Long.parseLong(line.substring(line.indexOf(':') + 1).strip());
            }
            if (line.equalsIgnoreCase("Expect: 100-continue")) {
                write(channel, "HTTP/1.1 100 Continue\r\n\r\n");
            }
        }
        MessageDigest sha = sha256();
        while (left > 0) {
            in.flip();
            int some = (int) Math.min(left, in.remaining());
            sha.update(in.slice(in.position(), some));
            in.position(in.position() + some).compact();
            left -= some;
            if (left > 0 && channel.read(in) < 0) {
                throw new IOException("the client ended in the middle");
            }
        }
        write(channel, "HTTP/1.1 200 OK\r\nContent-Length: 64\r\n\r\n" + HexFormat.of().formatHex(sha.digest()));
    }

    private static void write(SocketChannel channel, String text) throws IOException {
        writeAll(channel, ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private static void writeAll(SocketChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (SocketChannel channel : open) {
            channel.close();
        }
    }
}
