package dev.braid.stack.nio;

import dev.braid.fastpath.device.Deadlines;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The writing half of a channel: copies into chunks for the core to send, and parks while there is no room. Safe for any number of
 * threads, one of which writes at a time.
 */
final class ChannelOutput {
    /** Held by whoever writes; connecting holds it too. */
    final ReentrantLock lock = new ReentrantLock();
    private final BraidSocketChannel channel;
    private final StreamPump pump;
    private volatile boolean shut;

    ChannelOutput(BraidSocketChannel channel, StreamPump pump) {
        this.channel = channel;
        this.pump = pump;
    }

    /** As {@link BraidSocketChannel#write(ByteBuffer)}. */
    int write(ByteBuffer source) throws IOException {
        lock.lock();
        try {
            requireWritable();
            return channel.isBlocking() ? writeBlocking(source) : writeNow(source);
        } finally {
            lock.unlock();
        }
    }

    private int writeBlocking(ByteBuffer source) throws IOException {
        int written = 0;
        channel.beginBlocking();
        try {
            written = writeNow(source);
            while (source.hasRemaining() && channel.isOpen() && !shut) {
                if (!pump.writer.await(this::isWriteWorthwhile, Deadlines.NONE)) {
                    Interrupts.awaitClosed(channel);
                }
                if (channel.isOpen() && !shut) {
                    written += writeNow(source);
                }
            }
        } finally {
            channel.endBlocking(!source.hasRemaining() || written > 0);
        }
        if (source.hasRemaining() && written == 0) {
            throw new AsynchronousCloseException();
        }
        return written;
    }

    private boolean isWriteWorthwhile() {
        return isReady() || !channel.isOpen();
    }

    /** Writes what fits. */
    private int writeNow(ByteBuffer source) throws IOException {
        pump.status.requireUnbroken();
        if (!source.hasRemaining() || !pump.out.turnstile.enter()) {
            return 0;
        }
        int written;
        boolean starved;
        try {
            written = pump.out.write(source);
            starved = pump.out.isStarved();
        } finally {
            if (pump.out.turnstile.leave()) {
                pump.mail.signal();
            }
        }
        if (written > 0 || starved) {
            pump.mail.signal();
        }
        return written;
    }

    /** As {@link BraidSocketChannel#write(ByteBuffer[], int, int)}. */
    long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, sources.length);
        long total = 0;
        lock.lock();
        try {
            if (length == 0) {
                requireWritable();
            }
            for (int i = offset; i < offset + length; i++) {
                total += channel.write(sources[i]);
                if (sources[i].hasRemaining()) {
                    break;
                }
            }
        } finally {
            lock.unlock();
        }
        return total;
    }

    /** Whether a write would answer at once, be it with a failure. */
    boolean isReady() {
        return pump.out.hasRoom() || pump.status.isBroken() || shut;
    }

    /** Writes nothing any more; false when that was so already. One thread at a time. */
    boolean shut() {
        if (shut) {
            return false;
        }
        shut = true;
        pump.finishOutput();
        return true;
    }

    boolean isShut() {
        return shut;
    }

    private void requireWritable() throws ClosedChannelException {
        channel.requireConnected();
        if (shut) {
            throw new ClosedChannelException();
        }
    }
}
