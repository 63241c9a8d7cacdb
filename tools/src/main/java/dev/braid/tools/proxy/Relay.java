package dev.braid.tools.proxy;

import dev.braid.fastpath.pipeline.ThreadEnd;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries bytes between a client and its destination, each direction on a thread of its own, so that a stopped reader stops nothing else.
 * The end of one stream is passed on and the other goes on; a failure of either connection resets both, as the program at the far end
 * must not take half a stream for a whole one.
 *
 * <p>The client is listened to from {@link #begin()} on, while its destination is still being dialled: what it sends waits, and when it
 * goes away the dialling ends.
 */
final class Relay {
    private enum Stage {
        DIALLING,
        CARRYING,
        CLIENT_GONE,
        ENDED
    }

    private final SocketChannel client;
    private final ByteBuffer early;
    private final Buffers buffers;
    private final Traffic traffic;
    private final Thread dialler = Thread.currentThread();
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.DIALLING);
    /** The destination; {@code null} when there will be none. */
    private final CompletableFuture<@Nullable SocketChannel> destination = new CompletableFuture<>();
    private @Nullable Thread upward;

    /**
     * Made by the thread that dials and then carries.
     *
     * @param early what the client sent already
     */
    Relay(SocketChannel client, ByteBuffer early, Buffers buffers, Traffic traffic) {
        this.client = client;
        this.early = early;
        this.buffers = buffers;
        this.traffic = traffic;
    }

    /** Begins to listen to the client; {@link #end()} must follow. */
    void begin() {
        upward = Thread.ofVirtual().name("proxy-up").start(this::upward);
    }

    /** Whether the client is still there, now that the destination is. */
    boolean connected(SocketChannel remote) {
        if (!stage.compareAndSet(Stage.DIALLING, Stage.CARRYING)) {
            return false;
        }
        destination.complete(remote);
        return true;
    }

    /** Carries until both streams have ended, or one connection has failed. */
    void carry() {
        SocketChannel remote = destination.getNow(null);
        ByteBuffer buffer = buffers.take();
        try {
            if (remote != null) {
                copy(remote, client, buffer, count -> traffic.down(count, System.nanoTime()));
                join();
            }
        } catch (IOException e) {
            abort();
        } finally {
            buffers.give(buffer);
        }
    }

    private void upward() {
        ByteBuffer buffer = buffers.take();
        try {
            buffer.put(early);
            if (buffer.position() == 0 && client.read(buffer) < 0) {
                clientEnded();
                return;
            }
            SocketChannel remote = destination.join();
            if (remote != null) {
                copy(client, remote, buffer, count -> traffic.up(count, System.nanoTime()));
            }
        } catch (IOException e) {
            abort();
        } finally {
            buffers.give(buffer);
        }
    }

    /** The client's stream ended before its first byte: nobody waits for the destination then, unless it is there already. */
    private void clientEnded() throws IOException {
        if (stopDialling()) {
            return;
        }
        SocketChannel remote = destination.join();
        if (remote != null) {
            traffic.ended();
            remote.shutdownOutput();
        }
    }

    /** Has a destination not be dialled any more; answers false when it is there already, or will not be. */
    private boolean stopDialling() {
        boolean stops = stage.compareAndSet(Stage.DIALLING, Stage.CLIENT_GONE);
        if (stops) {
            dialler.interrupt();
        }
        return stops;
    }

    /** Copies what the buffer holds and then all that comes, and passes the end on. */
    private void copy(SocketChannel from, SocketChannel to, ByteBuffer buffer, IntConsumer carried) throws IOException {
        do {
            int count = buffer.flip().remaining();
            while (buffer.hasRemaining()) {
                to.write(buffer);
            }
            carried.accept(count);
            buffer.clear();
        } while (from.read(buffer) >= 0);
        traffic.ended();
        to.shutdownOutput();
    }

    /** Resets both connections; a destination that is still dialled will be none. Any thread. */
    void abort() {
        stopDialling();
        reset(client);
        SocketChannel remote = destination.getNow(null);
        if (remote != null) {
            reset(remote);
        }
    }

    private static void reset(SocketChannel channel) {
        try (channel) {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException e) {
            // It was closed before.
        }
    }

    /** Closes the client's connection and waits until nothing runs any more. The dialling thread. */
    void end() {
        stage.compareAndSet(Stage.DIALLING, Stage.ENDED);
        destination.complete(null);
        try {
            client.close();
        } catch (IOException e) {
            // There is nothing left to lose.
        }
        join();
    }

    private void join() {
        Thread running = upward;
        if (running != null) {
            ThreadEnd.await(running);
        }
    }
}
