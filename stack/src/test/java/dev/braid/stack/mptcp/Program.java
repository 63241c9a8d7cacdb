package dev.braid.stack.mptcp;

import dev.braid.fastpath.chunk.Chunk;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.stack.tcp.Connection;
import dev.braid.stack.tcp.ConnectionUser;
import dev.braid.stack.tcp.TcpFailure;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A program on one end of a connection: sends a known pattern, checks what arrives, remembers what it heard. */
final class Program implements ConnectionUser {
    private final PathsWorld world;
    MptcpConnection connection;
    final List<String> heard = new ArrayList<>();
    @Nullable TcpFailure failed;
    boolean reading = true;
    long sent;
    long toSend;
    long read;
    boolean finishAfter;

    Program(PathsWorld world) {
        this.world = world;
    }

    private static int pattern(long position) {
        return (int) (position * 31 + (position >>> 8) * 7 + (position >>> 16)) & 0xff;
    }

    /** Sends {@code bytes} more, as fast as the buffer takes them. */
    Program send(long bytes) {
        toSend += bytes;
        pump();
        return this;
    }

    private void pump() {
        while (toSend > 0) {
            int space = (int) Math.min(connection.sendSpace(), toSend);
            Chunk chunk = space == 0 ? null : world.chunks.take(space);
            if (chunk == null) {
                return;
            }
            int length = Math.min(space, chunk.capacity());
            for (int i = 0; i < length; i++) {
                Memory.put8(chunk.address() + i, pattern(sent + i));
            }
            connection.append(chunk, 0, length);
            chunk.release();
            sent += length;
            toSend -= length;
        }
        if (finishAfter) {
            connection.finish();
        }
    }

    /** Ends the stream once all is queued. */
    Program finish() {
        finishAfter = true;
        pump();
        return this;
    }

    /** Reads all there is. */
    void drain() {
        for (Frame frame = connection.received().take(); frame != null; frame = connection.received().take()) {
            int length = frame.linearLength() - frame.payloadOffset();
            for (int i = 0; i < length; i++) {
                if (Memory.u8(frame.data() + frame.payloadOffset() + i) != pattern(read + i)) {
                    throw new AssertionError("byte " + (read + i) + " of the stream is wrong");
                }
            }
            read += length;
            int trueSize = frame.trueSize();
            frame.release();
            connection.consumed(length, trueSize, world.clock.nowNs());
        }
    }

    @Override
    public void onEstablished(Connection which) {
        heard.add("established");
    }

    @Override
    public void onReadable(Connection which) {
        if (reading) {
            drain();
        }
        if (which.finReceived() && !heard.contains("fin")) {
            heard.add("fin");
        }
    }

    @Override
    public void onWritable(Connection which) {
        pump();
    }

    @Override
    public void onDrained(Connection which) {
        heard.add("drained");
    }

    @Override
    public void onFailed(Connection which, TcpFailure failure) {
        failed = failure;
        heard.add("failed " + failure);
    }

    @Override
    public void onClosed(Connection which) {
        heard.add("closed");
    }
}
