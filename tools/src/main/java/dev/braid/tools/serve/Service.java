package dev.braid.tools.serve;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Locale;

/** What a server does with a connection until it ends: the small services every test uses. */
enum Service {
    /** RFC 862: sends back what it gets. */
    ECHO {
        @Override
        void serve(SocketChannel connection) throws IOException {
            ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
            while (connection.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    connection.write(buffer);
                }
                buffer.clear();
            }
        }
    },
    /** RFC 863: throws away what it gets. */
    DISCARD {
        @Override
        void serve(SocketChannel connection) throws IOException {
            ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
            while (connection.read(buffer) >= 0) {
                buffer.clear();
            }
        }
    },
    /** RFC 864: sends as fast as the connection takes it, until the peer closes. */
    CHARGEN {
        @Override
        void serve(SocketChannel connection) throws IOException {
            ByteBuffer pattern = CharacterGenerator.lines(BUFFER_BYTES);
            while (true) {
                pattern.rewind();
                while (pattern.hasRemaining()) {
                    connection.write(pattern);
                }
            }
        }
    };

    private static final int BUFFER_BYTES = 256 << 10;

    /** Serves until the peer has finished; the caller closes the connection. */
    abstract void serve(SocketChannel connection) throws IOException;

    /** Its name as the option's. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
