package dev.braid.tools.kernel.laptop;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;

/** A connection from the laptop through the daemon's proxy, held open for as long as a test wants. Reads end after 20 s. */
final class SocksClient implements AutoCloseable {
    private static final int PORT = 1080;
    private static final int LIMIT_MS = (int) TimeUnit.SECONDS.toMillis(20);
    private static final int REPLY_BYTES = 10;

    private final Socket socket;
    private final int reply;
    private final long tookNs;

    private SocksClient(Socket socket, int reply, long tookNs) {
        this.socket = socket;
        this.reply = reply;
        this.tookNs = tookNs;
    }

    /** Asks for a connection to port 80 of a host, by SOCKS5. */
    static SocksClient ask(LaptopBed bed, String host) throws IOException {
        Socket socket = bed.laptop().<Socket, IOException>call(() -> {
            var made = new Socket();
            made.connect(new InetSocketAddress("127.0.0.1", PORT), LIMIT_MS);
            return made;
        });
        try {
            socket.setSoTimeout(LIMIT_MS);
            long beganNs = System.nanoTime();
            byte[] name = host.getBytes(StandardCharsets.US_ASCII);
            OutputStream out = socket.getOutputStream();
            out.write(new byte[] {5, 1, 0, 5, 1, 0, 3, (byte) name.length});
            out.write(name);
            out.write(new byte[] {0, LaptopBed.HTTP});
            byte[] said = socket.getInputStream().readNBytes(2 + REPLY_BYTES);
            if (said.length < 2 + REPLY_BYTES) {
                throw new EOFException("the proxy says no more than " + HexFormat.of().formatHex(said));
            }
            return new SocksClient(socket, said[3], System.nanoTime() - beganNs);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** The proxy's reply: 0 = connected. */
    int reply() {
        return reply;
    }

    /** How long the reply took. */
    long tookMs() {
        return tookNs / 1_000_000;
    }

    /** Asks for so many bytes and reads none of them. */
    void request(long bytes) throws IOException {
        socket.getOutputStream().write(("GET /" + bytes + " HTTP/1.1\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** Downloads so many bytes and answers their digest, to be compared with {@link WebServer#digest}. */
    String download(long bytes) throws IOException {
        request(bytes);
        readHead();
        MessageDigest sha = WebServer.sha256();
        byte[] some = new byte[1 << 16];
        for (long left = bytes; left > 0;) {
            int count = socket.getInputStream().read(some, 0, (int) Math.min(some.length, left));
            if (count < 0) {
                throw new EOFException(left + " of " + bytes + " bytes are missing");
            }
            sha.update(some, 0, count);
            left -= count;
        }
        return HexFormat.of().formatHex(sha.digest());
    }

    private void readHead() throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = socket.getInputStream().read();
            if (c < 0) {
                throw new EOFException("the server ended within its head");
            }
            head.append((char) c);
        }
    }

    /** Ends it as a program does that is killed: with a reset. */
    void die() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
