package dev.braid.stack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.chunk.Chunk;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An application on one TCB: sends a known pattern, checks what arrives, remembers what it heard. */
final class Endpoint implements ConnectionUser {
    private final TwoHosts world;
    Tcb tcb;
    @Nullable TcpFailure refused;
    final List<String> heard = new ArrayList<>();
    @Nullable TcpFailure failed;
    boolean reading = true;
    long sent;
    long toSend;
    long read;
    boolean finishAfter;
    /** Neither writes the pattern nor checks it: for what is about amounts. */
    boolean blank;

    Endpoint(TwoHosts world) {
        this.world = world;
    }

    /** The byte at a position of every stream. */
    static int pattern(long position) {
        return (int) (position * 31 + (position >>> 8) * 7 + (position >>> 16)) & 0xff;
    }

    /** Sends {@code bytes} more, as fast as the buffer takes them. */
    Endpoint send(long bytes) {
        toSend += bytes;
        pump();
        return this;
    }

    void pump() {
        while (toSend > 0) {
            int space = (int) Math.min(tcb.sendSpace(), toSend);
            if (space == 0) {
                return;
            }
            Chunk chunk = world.chunks.take(space);
            if (chunk == null) {
                return;
            }
            int length = Math.min(space, chunk.capacity());
            for (int i = 0; !blank && i < length; i++) {
                Memory.put8(chunk.address() + i, pattern(sent + i));
            }
            tcb.append(chunk, 0, length);
            chunk.release();
            sent += length;
            toSend -= length;
        }
        if (finishAfter) {
            tcb.finish();
        }
    }

    /** Ends the stream once all is queued. */
    Endpoint finish() {
        finishAfter = true;
        pump();
        return this;
    }

    void drain() {
        drain(Long.MAX_VALUE);
    }

    /** Reads whole frames until it has read so many bytes more. */
    void drain(long bytes) {
        long until = Math.min(bytes, Long.MAX_VALUE - read) + read;
        while (read < until) {
            Frame frame = tcb.received().take();
            if (frame == null) {
                return;
            }
            int length = frame.linearLength() - frame.payloadOffset();
            for (int i = 0; !blank && i < length; i++) {
                int found = Memory.u8(frame.data() + frame.payloadOffset() + i);
                if (found != pattern(read + i)) {
                    throw new AssertionError("byte " + (read + i) + " of the stream is wrong");
                }
            }
            read += length;
            int trueSize = frame.trueSize();
            frame.release();
            tcb.consumed(length, trueSize, world.clock.nowNs());
        }
    }

    void assertRead(long bytes) {
        assertThat(read).isEqualTo(bytes);
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
