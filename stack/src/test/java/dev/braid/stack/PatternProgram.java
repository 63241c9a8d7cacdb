package dev.braid.stack;

import dev.braid.fastpath.chunk.Chunk;
import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.sim.VirtualClock;
import dev.braid.stack.tcp.Connection;
import dev.braid.stack.tcp.ConnectionUser;
import dev.braid.stack.tcp.TcpFailure;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A program on one end of a connection: sends a known pattern, checks what arrives, remembers what it heard. */
public abstract class PatternProgram implements ConnectionUser {
    private final ChunkPool chunks;
    private final VirtualClock clock;
    /** What the connection told, in order. */
    public final List<String> heard = new ArrayList<>();
    /** What the connection failed with. */
    public @Nullable TcpFailure failed;
    /** Bytes that are to be sent, have been queued, have been read. */
    public long toSend;

    public long sent;
    public long read;
    /** The stream ends once all is queued. */
    public boolean finishAfter;
    /** Takes what comes at once. */
    public boolean reading = true;
    /** Neither writes the pattern nor checks it: for what is about amounts. */
    public boolean blank;

    protected PatternProgram(ChunkPool chunks, VirtualClock clock) {
        this.chunks = chunks;
        this.clock = clock;
    }

    /** The connection that it uses. */
    protected abstract Connection used();

    /** The byte at a position of every stream. */
    public static int pattern(long position) {
        return (int) (position * 31 + (position >>> 8) * 7 + (position >>> 16)) & 0xff;
    }

    /** Queues so many bytes more, as far as there is room; the rest follows by itself. */
    public PatternProgram send(long bytes) {
        toSend += bytes;
        pump();
        return this;
    }

    /** Ends the stream once all is queued. */
    public PatternProgram finish() {
        finishAfter = true;
        pump();
        return this;
    }

    /** Queues what there is room for. */
    public void pump() {
        while (toSend > 0) {
            int space = (int) Math.min(used().sendSpace(), toSend);
            Chunk chunk = space == 0 ? null : chunks.take(space);
            if (chunk == null) {
                return;
            }
            int length = Math.min(space, chunk.capacity());
            for (int i = 0; !blank && i < length; i++) {
                Memory.put8(chunk.address() + i, pattern(sent + i));
            }
            used().append(chunk, 0, length);
            chunk.release();
            sent += length;
            toSend -= length;
        }
        if (finishAfter) {
            used().finish();
        }
    }

    /** Reads all there is. */
    public void drain() {
        drain(Long.MAX_VALUE);
    }

    /** Reads whole frames until it has read so many bytes more. */
    public void drain(long bytes) {
        long until = Math.min(bytes, Long.MAX_VALUE - read) + read;
        while (read < until) {
            Frame frame = used().received().take();
            if (frame == null) {
                return;
            }
            int length = frame.linearLength() - frame.payloadOffset();
            for (int i = 0; !blank && i < length; i++) {
                if (Memory.u8(frame.data() + frame.payloadOffset() + i) != pattern(read + i)) {
                    throw new AssertionError("byte " + (read + i) + " of the stream is wrong");
                }
            }
            read += length;
            int trueSize = frame.trueSize();
            frame.release();
            used().consumed(length, trueSize, clock.nowNs());
        }
    }

    @Override
    public void onEstablished(Connection connection) {
        heard.add("established");
    }

    @Override
    public void onReadable(Connection connection) {
        if (reading) {
            drain();
        }
        if (connection.finReceived() && !heard.contains("fin")) {
            heard.add("fin");
        }
    }

    @Override
    public void onWritable(Connection connection) {
        pump();
    }

    @Override
    public void onDrained(Connection connection) {
        heard.add("drained");
    }

    @Override
    public void onFailed(Connection connection, TcpFailure failure) {
        failed = failure;
        heard.add("failed " + failure);
    }

    @Override
    public void onClosed(Connection connection) {
        heard.add("closed");
    }
}
