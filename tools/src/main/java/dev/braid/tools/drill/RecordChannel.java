package dev.braid.tools.drill;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream of records, each with its length as a little-endian u32 in front. Never blocks: what the client does not
 * take yet is queued without limit, for nothing may hold the stack up. The endpoint's thread only.
 */
final class RecordChannel implements AutoCloseable {
    /** The longest record, in bytes. */
    static final int MAX_RECORD = 1 << 20;

    private static final int PREFIX = 4;
    private static final int FIRST_ROOM = 64 << 10;

    private final SocketChannel channel;
    private final SelectionKey key;
    private final ArrayDeque<ByteBuffer> unsent = new ArrayDeque<>();
    private ByteBuffer in = little(FIRST_ROOM).limit(0);
    private boolean ended;

    /** Records of a channel that is non-blocking and registered. */
    RecordChannel(SocketChannel channel, SelectionKey key) {
        this.channel = channel;
        this.key = key;
    }

    /** A buffer as the protocol's integers are laid out. */
    static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Reads what is there. */
    void fill() {
        try {
            while (!ended) {
                makeRoom();
                int position = in.position();
                int limit = in.limit();
                in.position(limit).limit(in.capacity());
                int got = channel.read(in);
                in.limit(Math.max(limit, in.position())).position(position);
                if (got <= 0) {
                    ended = got < 0;
                    return;
                }
            }
        } catch (IOException gone) {
            ended = true;
        }
    }

    private void makeRoom() {
        if (in.limit() < in.capacity()) {
            return;
        }
        // Half empty at the front: move; else a longer buffer. A record's length is bounded, so this is too.
        if (in.position() >= in.capacity() / 2) {
            in.compact().flip();
        } else {
            in = little(2 * in.capacity()).put(in).flip();
        }
    }

    /**
     * The next whole record, valid until the next {@link #fill}, or {@code null} until more arrives.
     *
     * @throws BadRecord for a length beyond the protocol's
     */
    @Nullable
    ByteBuffer next() {
        if (in.remaining() < PREFIX) {
            return null;
        }
        int length = in.getInt(in.position());
        if (length < 0 || length > MAX_RECORD) {
            throw new BadRecord(
                    "a record of " + Integer.toUnsignedString(length) + " bytes, the most is " + MAX_RECORD);
        }
        if (in.remaining() < PREFIX + length) {
            return null;
        }
        ByteBuffer record = in.slice(in.position() + PREFIX, length).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + PREFIX + length);
        return record;
    }

    /** Whether the client is gone. What it had sent before may still be read. */
    boolean ended() {
        return ended;
    }

    /** Sends a record whose content lies from position to limit. */
    void send(ByteBuffer record) {
        ByteBuffer framed = little(PREFIX + record.remaining()).putInt(record.remaining()).put(record).flip();
        unsent.add(framed);
        flush();
    }

    /** Sends what the client takes now; the rest goes when it can be written again. */
    void flush() {
        try {
            while (!unsent.isEmpty()) {
                ByteBuffer first = unsent.element();
                channel.write(first);
                if (first.hasRemaining()) {
                    break;
                }
                unsent.remove();
            }
        } catch (IOException gone) {
            ended = true;
            unsent.clear();
        }
        if (key.isValid()) {
            key.interestOps(unsent.isEmpty() ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        }
    }

    /** Ends the connection. Idempotent. */
    @Override
    public void close() {
        ended = true;
        key.cancel();
        try {
            channel.close();
        } catch (IOException alreadyGone) {
            // Nothing is left to be done for a client that left.
        }
    }
}
