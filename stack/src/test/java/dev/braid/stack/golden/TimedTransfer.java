package dev.braid.stack.golden;

import dev.braid.fastpath.chunk.Chunk;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.sim.VirtualClock;
import dev.braid.stack.mptcp.MptcpConnection;
import dev.braid.stack.tcp.Connection;
import dev.braid.stack.tcp.ConnectionUser;
import dev.braid.stack.tcp.TcpFailure;
import org.jspecify.annotations.Nullable;

/**
 * A program that writes for some time, as much as it can, and ends its stream, and one that reads. The client asks for what goes down
 * to it with eight bytes.
 */
final class TimedTransfer {
    private static final int REQUEST = 8;
    /** Programs write so much at a time, and look at the clock in between. */
    private static final int WRITE = 256 << 10;

    private static final long LATE_NS = 15_000 * TwoLinkLab.MS;

    final End client = new End();
    final End server = new End();
    final End sender;
    final End receiver;
    private final Chunk payload;
    private final VirtualClock clock;
    private final long forNs;
    private final long startNs;
    private long untilNs;
    private long lastByteNs;

    TimedTransfer(Chunk payload, VirtualClock clock, boolean down, long forNs) {
        this.payload = payload;
        this.clock = clock;
        this.forNs = forNs;
        startNs = clock.nowNs();
        sender = down ? server : client;
        receiver = down ? client : server;
        untilNs = down ? 0 : startNs + forNs;
        client.toWrite = down ? REQUEST : 0;
    }

    /** One end. */
    final class End implements ConnectionUser {
        @Nullable MptcpConnection connection;
        long written;
        long read;
        int toWrite;
        boolean finished;
        private boolean marked;

        MptcpConnection connection() {
            if (connection == null) {
                throw new IllegalStateException("the transfer has no connection yet");
            }
            return connection;
        }

        private boolean serve() {
            if (!marked) {
                return false;
            }
            marked = false;
            read();
            write();
            return true;
        }

        private void read() {
            for (Frame frame = connection().received().take(); frame != null; frame = connection().received().take()) {
                int length = frame.linearLength() - frame.payloadOffset();
                int trueSize = frame.trueSize();
                frame.release();
                read += length;
                connection().consumed(length, trueSize, clock.nowNs());
                if (this == receiver) {
                    lastByteNs = clock.nowNs();
                }
            }
            if (this == sender && this == server && untilNs == 0 && read >= REQUEST) {
                untilNs = clock.nowNs() + forNs;
            }
        }

        private void write() {
            while (!finished && connection().sendSpace() > 0) {
                if (toWrite == 0 && !wantsMore()) {
                    return;
                }
                int length = Math.min(Math.min(toWrite, connection().sendSpace()), payload.capacity());
                connection().append(payload, 0, length);
                written += length;
                toWrite -= length;
            }
        }

        private boolean wantsMore() {
            if (this != sender || untilNs == 0) {
                return false;
            }
            if (clock.nowNs() < untilNs) {
                toWrite = WRITE;
                return true;
            }
            finished = true;
            connection().finish();
            return false;
        }

        @Override
        public void onEstablished(Connection established) {
            marked = true;
        }

        @Override
        public void onReadable(Connection readable) {
            marked = true;
        }

        @Override
        public void onWritable(Connection writable) {
            marked = true;
        }

        @Override
        public void onFailed(Connection failed, TcpFailure failure) {
            throw new AssertionError("a transfer failed: " + failure);
        }

        @Override
        public void onClosed(Connection closed) {
            // The lab ends before the connection does.
        }
    }

    /** The server has a connection now, or none yet. */
    void accepted(@Nullable MptcpConnection connection) {
        if (connection != null) {
            server.connection = connection;
            connection.user(server);
            server.marked = true;
        }
    }

    /** Lets both programs do what they can; returns whether either did anything. */
    boolean serve() {
        boolean any = client.serve();
        return server.serve() || any;
    }

    /** Whether all that was written was read, and the stream has ended. */
    boolean isOver() {
        return sender.finished && receiver.read == sender.written;
    }

    /** A moment by which it must be over. */
    long lateNs() {
        return startNs + forNs + LATE_NS;
    }

    /** When the client began to connect. */
    long startNs() {
        return startNs;
    }

    /** Payload by the time from connecting until the last byte was read. */
    double mbit() {
        return 8e3 * receiver.read / (lastByteNs - startNs);
    }
}
