package dev.braid.tools.control;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Lines of bytes over a stream, with a bound on their length. One thread. */
final class LineChannel {
    private static final int FIRST = 4096;

    private final SocketChannel channel;
    private final int bound;
    private byte[] held = new byte[FIRST];
    private int count;

    LineChannel(SocketChannel channel, int bound) {
        this.channel = channel;
        this.bound = bound;
    }

    /**
     * The next line without its end, or {@code null} when the stream has ended.
     *
     * @throws LineTooLongException when a line exceeds the bound; nothing more can be read then
     */
    byte @Nullable [] read() throws IOException {
        int searched = 0;
        while (true) {
            for (; searched < count; searched++) {
                if (held[searched] == '\n') {
                    byte[] line = Arrays.copyOf(held, searched);
                    count -= searched + 1;
                    System.arraycopy(held, searched + 1, held, 0, count);
                    return line;
                }
            }
            if (count > bound) {
                throw new LineTooLongException(bound);
            }
            if (count == held.length) {
                held = Arrays.copyOf(held, (int) Math.min(2L * held.length, bound + 1L));
            }
            int read = channel.read(ByteBuffer.wrap(held, count, held.length - count));
            if (read < 0) {
                return null;
            }
            count += read;
        }
    }

    void write(byte[] line) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(line.length + 1).put(line).put((byte) '\n').flip();
        while (out.hasRemaining()) {
            channel.write(out);
        }
    }
}
