package dev.braid.tools.kernel.laptop;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sends one line to a daemon's socket and prints the answer, as another user would who has nothing of Braid: a program of this class
 * alone, for the user it runs as cannot read the rest.
 */
public final class AskAdmin {
    private static final Pattern RING = Pattern.compile("\"ring\":\"([^\"]+)\"");

    private AskAdmin() {}

    /** Takes the socket and the line. Prints {@code no way in: REASON} when it does not get there, and whether it may map a ring it is told of. */
    public static void main(String[] words) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(words[0]));
            try {
                channel.write(ByteBuffer.wrap((words[1] + "\n").getBytes(StandardCharsets.UTF_8)));
            } catch (IOException e) {
                // Refused before it asked; the reason waits to be read.
            }
            var answer = new StringBuilder();
            ByteBuffer part = ByteBuffer.allocate(1 << 16);
            while (answer.indexOf("\n") < 0 && channel.read(part.clear()) >= 0) {
                answer.append(StandardCharsets.UTF_8.decode(part.flip()));
            }
            System.out.println(answer);
            Matcher ring = RING.matcher(answer);
            if (ring.find()) {
                new RandomAccessFile(ring.group(1), "rw").close();
                System.out.println("the ring opens");
            }
        } catch (IOException e) {
            System.out.println("no way in: " + e.getMessage());
        }
    }
}
