package dev.braid.tools.serve;

import java.nio.ByteBuffer;

/** The lines of RFC 864: 72 of the 95 printable characters each, one further on every line, ended by CR LF. */
final class CharacterGenerator {
    private static final int LINE = 72;
    private static final int CHARACTERS = 95;
    private static final int LINE_BYTES = LINE + 2;

    private CharacterGenerator() {}

    /**
     * A whole cycle of lines, as often as it fits, so that sending the buffer over and over is the endless pattern.
     *
     * @param maxBytes at least one cycle, 7,030 bytes
     */
    static ByteBuffer lines(int maxBytes) {
        int cycle = CHARACTERS * LINE_BYTES;
        ByteBuffer lines = ByteBuffer.allocateDirect(maxBytes / cycle * cycle);
        for (int line = 0; lines.hasRemaining(); line++) {
            for (int i = 0; i < LINE; i++) {
                lines.put((byte) (' ' + (line + i) % CHARACTERS));
            }
            lines.put((byte) '\r').put((byte) '\n');
        }
        return lines.flip();
    }
}
