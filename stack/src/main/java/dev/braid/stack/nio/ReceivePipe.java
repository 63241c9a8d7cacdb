package dev.braid.stack.nio;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.stack.socket.StreamSocket;
import java.nio.ByteBuffer;
import org.jctools.queues.atomic.SpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The bytes on their way from a socket to its application: the very frames they arrived in. The application copies out of
 * them, sends each home once it is read, and publishes how much it has read; the core tells TCP, which opens the window.
 *
 * <p>The application uses the upper half of this class inside {@link #turnstile}, the core's thread the lower.
 */
final class ReceivePipe {
    /** Frames that can wait here; what is beyond waits in the socket, where small segments share a frame. */
    private static final int RING = 64;
    /** Bytes read, of true size, after which the core hears of it even if nothing else is to be said. */
    private static final int DOORBELL = 128 << 10;

    final Turnstile turnstile = new Turnstile();
    private final SpscAtomicArrayQueue<Frame> ring = new SpscAtomicArrayQueue<>(RING);

    // The application's.
    private @Nullable Frame reading;
    private int offset;
    private long toldBytes;
    private long toldTrueSize;
    private volatile long readBytes;
    private volatile long readTrueSize;

    // The core's.
    private long consumedBytes;
    private long consumedTrueSize;
    private long fetched;
    private volatile boolean held;
    private volatile boolean ended;
    private boolean cleanlyEnded;
    private volatile int doorbell = DOORBELL;

    /** Whether bytes, or the end of them, are there. Any thread. */
    boolean isReadable() {
        return ended || hasBytes();
    }

    /** Whether bytes are there. Any thread; exact inside the turnstile. */
    boolean hasBytes() {
        return reading != null || !ring.isEmpty();
    }

    /** Whether no byte will follow those that are there. Any thread; to be asked before {@link #read}. */
    boolean isEnded() {
        return ended;
    }

    /** Whether the end is the peer's FIN, after {@link #isEnded} answered true. Any thread. */
    boolean isCleanlyEnded() {
        return cleanlyEnded;
    }

    /** Bytes a read would find in frames that are open or next: a lower bound. Inside the turnstile. */
    int available() {
        Frame frame = reading;
        if (frame != null) {
            return frame.linearLength() - offset;
        }
        frame = ring.peek();
        return frame == null ? 0 : frame.linearLength() - frame.payloadOffset();
    }

    /** Copies what is there to the buffer's position, which moves; 0 when nothing is. */
    int read(ByteBuffer target) {
        int copied = 0;
        int trueSize = 0;
        while (target.hasRemaining()) {
            Frame frame = reading;
            if (frame == null) {
                frame = ring.poll();
                if (frame == null) {
                    break;
                }
                reading = frame;
                offset = frame.payloadOffset();
            }
            int part = Math.min(target.remaining(), frame.linearLength() - offset);
            Memory.copyOut(frame.data() + offset, target, part);
            offset += part;
            copied += part;
            if (offset == frame.linearLength()) {
                trueSize += frame.trueSize();
                reading = null;
                frame.pool().comeHome(frame);
            }
        }
        publish(copied, trueSize);
        return copied;
    }

    /** Throws away what is there: the application does not want to read any more. */
    void skip() {
        int bytes = 0;
        int trueSize = 0;
        for (Frame frame = reading == null ? ring.poll() : reading; frame != null; frame = ring.poll()) {
            bytes += frame.linearLength() - (reading == null ? frame.payloadOffset() : offset);
            trueSize += frame.trueSize();
            reading = null;
            frame.pool().comeHome(frame);
        }
        publish(bytes, trueSize);
    }

    private void publish(int bytes, int trueSize) {
        if (bytes > 0) {
            long total = readBytes + bytes;
            readBytes = total;
            long totalTrueSize = readTrueSize + trueSize;
            readTrueSize = totalTrueSize;
        }
    }

    /**
     * Whether the core should hear now of what was read: because it is much, or because frames wait in the socket for room
     * here. Answers true once for each lot.
     */
    boolean isDoorbellDue() {
        int due = doorbell;
        boolean much = readBytes - toldBytes >= due || readTrueSize - toldTrueSize >= due;
        if (!much && !(held && ring.size() <= RING / 2)) {
            return false;
        }
        toldBytes = readBytes;
        toldTrueSize = readTrueSize;
        return true;
    }

    // The core's thread from here on.

    /** Makes the doorbell fit a receive buffer of this many bytes. */
    private void fitDoorbell(int bytes) {
        int due = bytes <= 0 ? DOORBELL : Math.clamp(bytes / 4, 1, DOORBELL);
        if (due != doorbell) {
            doorbell = due;
        }
    }

    /**
     * Tells TCP what was read, and fetches what has arrived.
     *
     * @return whether frames were added
     */
    boolean fill(StreamSocket socket, long nowNs) {
        // Bytes after true size, the order opposite to publishing: what is told of true size is never ahead of its bytes.
        long trueSize = readTrueSize;
        long bytes = readBytes;
        if (bytes != consumedBytes || trueSize != consumedTrueSize) {
            socket.consumed((int) (bytes - consumedBytes), (int) (trueSize - consumedTrueSize), nowNs);
            consumedBytes = bytes;
            consumedTrueSize = trueSize;
        }
        fitDoorbell(socket.facts().receiveBufferSize());
        long before = fetched;
        boolean full;
        do {
            full = fetch(socket);
            held = socket.available() > 0;
            // The application may have made room before it could see that something is held back for it.
        } while (full && held && ring.size() < RING);
        return fetched != before;
    }

    /** Moves frames here. Answers whether it ended for want of room. */
    private boolean fetch(StreamSocket socket) {
        while (ring.size() < RING) {
            Frame frame = socket.takeReceived();
            if (frame == null) {
                return false;
            }
            ring.offer(frame);
            fetched++;
        }
        return true;
    }

    /**
     * No byte will follow those that are there.
     *
     * @param clean whether the peer has finished: a reset behind its FIN takes nothing away from the reader
     */
    void end(boolean clean) {
        if (!ended) {
            cleanlyEnded = clean;
            ended = true;
        }
    }

    /** Throws away what was not read. Once the turnstile is shut. Answers whether there was anything. */
    boolean dispose() {
        boolean unread = false;
        Frame frame = reading == null ? ring.poll() : reading;
        reading = null;
        for (; frame != null; frame = ring.poll()) {
            unread = true;
            frame.pool().comeHome(frame);
        }
        return unread;
    }
}
