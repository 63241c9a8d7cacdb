package dev.braid.stack.golden;

import dev.braid.fastpath.chunk.Chunk;
import dev.braid.fastpath.frame.Frame;
import dev.braid.stack.tcp.Connection;
import dev.braid.stack.tcp.ConnectionUser;
import dev.braid.stack.tcp.Tcb;
import dev.braid.stack.tcp.TcpFailure;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose sender always has more to send and whose receiver always reads. Every byte comes from one chunk: what the
 * bytes are is the storms' business.
 */
final class BulkFlow {
    private final ArrayDeque<End> marked;
    private final Chunk payload;
    final End sender = new End(true);
    final End receiver = new End(false);
    long readBytes;
    boolean stopped;

    /** One end: marks itself when there is something to do, which {@link Lab} lets it do outside the core. */
    final class End implements ConnectionUser {
        private final boolean sends;
        private boolean waits;
        @Nullable Tcb tcb;

        End(boolean sends) {
            this.sends = sends;
        }

        Tcb tcb() {
            if (tcb == null) {
                throw new IllegalStateException("the flow has no connection yet");
            }
            return tcb;
        }

        void mark() {
            if (!waits) {
                waits = true;
                marked.add(this);
            }
        }

        void turn(long nowNs) {
            waits = false;
            if (sends) {
                write();
            } else {
                read(nowNs);
            }
        }

        private void write() {
            while (!stopped && tcb().sendSpace() > 0) {
                tcb().append(payload, 0, Math.min(tcb().sendSpace(), payload.capacity()));
            }
        }

        private void read(long nowNs) {
            for (Frame frame = tcb().received().take(); frame != null; frame = tcb().received().take()) {
                int length = frame.linearLength() - frame.payloadOffset();
                int trueSize = frame.trueSize();
                frame.release();
                readBytes += length;
                tcb().consumed(length, trueSize, nowNs);
            }
        }

        @Override
        public void onEstablished(Connection connection) {
            mark();
        }

        @Override
        public void onReadable(Connection connection) {
            mark();
        }

        @Override
        public void onWritable(Connection connection) {
            mark();
        }

        @Override
        public void onFailed(Connection connection, TcpFailure failure) {
            throw new AssertionError("a bulk flow failed: " + failure);
        }

        @Override
        public void onClosed(Connection connection) {
            // The lab ends before its flows do.
        }
    }

    /**
     * A flow without a connection.
     *
     * @param marked where ends go that have something to do
     * @param payload what is sent, again and again; borrowed
     */
    BulkFlow(ArrayDeque<End> marked, Chunk payload) {
        this.marked = marked;
        this.payload = payload;
    }
}
