package dev.braid.stack.nio;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The reading half of a channel: copies out of what came, and parks while nothing did. Safe for any number of threads, one of which
 * reads at a time.
 */
final class ChannelInput {
    /** Held by whoever reads; connecting holds it too. */
    final ReentrantLock lock = new ReentrantLock();
    private final BraidSocketChannel channel;
    private final StreamPump pump;
    private volatile boolean shut;

    ChannelInput(BraidSocketChannel channel, StreamPump pump) {
        this.channel = channel;
        this.pump = pump;
    }

    /**
     * As {@link BraidSocketChannel#read(ByteBuffer)}, but in blocking mode for a limited time.
     *
     * @param timeoutNs nanoseconds, or {@link dev.braid.fastpath.device.Deadlines#NONE}
     * @throws SocketTimeoutException when nothing came in time
     */
    int read(ByteBuffer target, long timeoutNs) throws IOException {
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer");
        }
        lock.lock();
        try {
            channel.requireConnected();
            if (!target.hasRemaining()) {
                return shut ? -1 : 0;
            }
            return channel.isBlocking() ? readBlocking(target, timeoutNs) : readNow(target);
        } finally {
            lock.unlock();
        }
    }

    private int readBlocking(ByteBuffer target, long timeoutNs) throws IOException {
        int read = 0;
        long deadlineNs = Parking.deadline(timeoutNs);
        channel.beginBlocking();
        try {
            read = readNow(target);
            while (read == 0 && channel.isOpen()) {
                if (!pump.reader.await(() -> isReady() || !channel.isOpen(), deadlineNs)) {
                    Interrupts.awaitClosed(channel);
                    if (channel.isOpen()) {
                        throw new SocketTimeoutException("Read timed out");
                    }
                }
                read = channel.isOpen() ? readNow(target) : 0;
            }
        } finally {
            channel.endBlocking(read != 0);
        }
        return read;
    }

    /** Reads what is there: bytes, else -1 at the end, else 0. */
    private int readNow(ByteBuffer target) throws IOException {
        if (shut) {
            return -1;
        }
        boolean ended = pump.in.isEnded();
        if (!pump.in.turnstile.enter()) {
            pump.status.requireUnbroken();
            return shut ? -1 : 0;
        }
        int read;
        boolean tell;
        try {
            read = pump.in.read(target);
            tell = read > 0 && pump.in.isDoorbellDue();
        } finally {
            if (pump.in.turnstile.leave()) {
                pump.mail.signal();
            }
        }
        if (tell) {
            pump.mail.signal();
        }
        if (read > 0 || !ended) {
            return read;
        }
        if (!pump.in.isCleanlyEnded()) {
            pump.status.requireUnbroken();
        }
        return -1;
    }

    /** As {@link BraidSocketChannel#read(ByteBuffer[], int, int)}. */
    long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, targets.length);
        long total = 0;
        lock.lock();
        try {
            for (int i = offset; i < offset + length; i++) {
                ByteBuffer target = targets[i];
                if (!target.hasRemaining()) {
                    continue;
                }
                // Only the first bytes are worth waiting for.
                int read = total == 0 ? channel.read(target) : readAvailable(target);
                if (read < 0) {
                    return total == 0 ? -1 : total;
                }
                total += read;
                if (target.hasRemaining()) {
                    break;
                }
            }
        } finally {
            lock.unlock();
        }
        return total;
    }

    private int readAvailable(ByteBuffer target) throws IOException {
        return pump.in.hasBytes() ? readNow(target) : 0;
    }

    /** Bytes that can be read without waiting: a lower bound. */
    int available() throws IOException {
        lock.lock();
        try {
            channel.requireConnected();
            if (shut || !pump.in.turnstile.enter()) {
                return 0;
            }
            int available = pump.in.available();
            if (pump.in.turnstile.leave()) {
                pump.mail.signal();
            }
            return available;
        } finally {
            lock.unlock();
        }
    }

    /** Whether a read would answer at once, be it with the end. */
    boolean isReady() {
        return shut || pump.in.isReadable();
    }

    /** Reads nothing any more; false when that was so already. One thread at a time. */
    boolean shut() {
        if (shut) {
            return false;
        }
        shut = true;
        pump.deafenInput();
        return true;
    }

    boolean isShut() {
        return shut;
    }
}
