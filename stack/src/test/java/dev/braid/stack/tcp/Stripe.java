package dev.braid.stack.tcp;

import dev.braid.fastpath.chunk.Chunk;
import dev.braid.fastpath.frame.ExtensionType;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.stack.PatternProgram;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * One end of a stream that is striped over two or more TCP connections: the smallest upper layer that needs everything the
 * interface offers. Each data segment says where its bytes belong; both flows share one receive window.
 */
final class Stripe {
    private static final int SLICE = 20_000;
    /** More than any window: one flow may be far ahead of what this end has in order. */
    static final int BUFFER = 400_000;
    /** What the option said travels with the payload, however long that waits for a gap before it. */
    private static final ExtensionType MAP = ExtensionType.register("stripe", Long.BYTES);

    final TwoHosts world;
    final long token;
    final List<Flow> flows = new ArrayList<>();
    final TreeMap<Long, byte[]> waiting = new TreeMap<>();
    long toSend;
    long nextToSend;
    long rcvNxt;
    long window = 200_000;
    /** What the other end says it has in order. */
    long peerHas;

    Stripe(TwoHosts world, long token) {
        this.world = world;
        this.token = token;
    }

    Flow flow(int id) {
        Flow flow = new Flow(id);
        flows.add(flow);
        return flow;
    }

    void send(long bytes) {
        toSend += bytes;
        for (Flow flow : flows) {
            flow.tcb.dataReady();
        }
    }

    private void onBytes(long at, byte[] bytes) {
        waiting.merge(at, bytes, (old, fresh) -> fresh.length > old.length ? fresh : old);
        for (var first = waiting.firstEntry(); first != null
                && first.getKey() <= rcvNxt; first = waiting.firstEntry()) {
            waiting.pollFirstEntry();
            byte[] part = first.getValue();
            for (long i = Math.max(0, rcvNxt - first.getKey()); i < part.length; i++) {
                if ((part[(int) i] & 0xff) != PatternProgram.pattern(first.getKey() + i)) {
                    throw new AssertionError("byte " + (first.getKey() + i) + " of the striped stream is wrong");
                }
            }
            rcvNxt = Math.max(rcvNxt, first.getKey() + part.length);
        }
    }

    /** One connection of the stripe: an upper layer, and the user of its TCB. */
    final class Flow implements UpperLayer, ConnectionUser {
        final int id;
        final StripeOption option = new StripeOption();
        /** Where the bytes of each pull belong, by their place in this connection's stream. */
        final TreeMap<Long, Long> map = new TreeMap<>();
        final List<SegmentKind> wrote = new ArrayList<>();
        /** Of its pure ACKs. */
        Stamping stamping = Stamping.ALIGNED;
        /** Bytes that were free on the last of them. */
        int ackRoom;
        final List<String> events = new ArrayList<>();
        Tcb tcb;
        long streamEnd;
        long pulled;
        long delivered;
        int exempted;
        int resetReason;
        long acked;
        long advertised;
        boolean refuseOptions;

        Flow(int id) {
            this.id = id;
        }

        @Override
        public Stamping stamping(Tcb tcb) {
            return stamping;
        }

        @Override
        public int reserveOptions(Tcb tcb, SegmentKind kind, int room) {
            ackRoom = kind == SegmentKind.ACK ? room : ackRoom;
            return room >= StripeOption.LENGTH ? StripeOption.LENGTH : 0;
        }

        @Override
        public int writeOptions(Tcb tcb, SegmentKind kind, long address, int reserved, long streamOffset, int length) {
            wrote.add(kind);
            return switch (kind) {
                case SYN, SYN_ACK, THIRD_ACK -> StripeOption.write(address, StripeOption.OPEN, id, token);
                case DATA -> {
                    var from = map.floorEntry(streamOffset);
                    if (streamOffset + length > boundary(tcb, streamOffset)) {
                        throw new AssertionError("a segment at " + streamOffset + "+" + length + " crosses a boundary");
                    }
                    yield StripeOption.write(address, StripeOption.MAP, id, from.getValue() - from.getKey());
                }
                case ACK, PROBE -> StripeOption.write(address, StripeOption.ACK, id, rcvNxt);
                case RESET -> StripeOption.write(address, StripeOption.WHY, 77, 0);
            };
        }

        @Override
        public Verdict onSegment(Tcb tcb, TcpSegment segment, long nowNs) {
            this.tcb = tcb;
            if (!option.parse(segment)) {
                return segment.length > 0 ? Verdict.DISCARD : Verdict.PROCEED;
            }
            if (refuseOptions) {
                return Verdict.RESET;
            }
            switch (option.subtype) {
                case StripeOption.MAP -> Memory.putNative64(segment.frame().extensions().writable(MAP), option.value);
                case StripeOption.WHY -> resetReason = option.id;
                case StripeOption.ACK -> peerHas = Math.max(peerHas, option.value);
                default -> {}
            }
            return Verdict.PROCEED;
        }

        @Override
        public boolean exemptDuplicateAck(Tcb tcb, TcpSegment segment) {
            boolean news = option.parse(segment) && option.subtype == StripeOption.ACK;
            exempted += news ? 1 : 0;
            return news;
        }

        @Override
        public int pull(Tcb tcb, int room, long nowNs) {
            int length = (int) Math.min(Math.min(room, SLICE), toSend);
            Chunk chunk = length == 0 ? null : world.chunks.take(length);
            if (chunk == null) {
                return 0;
            }
            length = Math.min(length, chunk.capacity());
            for (int i = 0; i < length; i++) {
                Memory.put8(chunk.address() + i, PatternProgram.pattern(nextToSend + i));
            }
            map.put(streamEnd, nextToSend);
            tcb.append(chunk, 0, length);
            chunk.release();
            streamEnd += length;
            nextToSend += length;
            toSend -= length;
            pulled += length;
            return length;
        }

        @Override
        public long boundary(Tcb tcb, long streamOffset) {
            var next = map.higherKey(streamOffset);
            return next == null ? streamEnd : next;
        }

        @Override
        public long pullable(Tcb tcb) {
            return toSend;
        }

        @Override
        public long receiveWindow(Tcb tcb) {
            return window;
        }

        @Override
        public void onAdvertised(Tcb tcb, long window) {
            advertised = window;
        }

        @Override
        public void onData(Tcb tcb, Frame frame, long streamOffset, long nowNs) {
            if (streamOffset != delivered) {
                throw new AssertionError("flow " + id + " skipped from " + delivered + " to " + streamOffset);
            }
            byte[] bytes = new byte[frame.linearLength() - frame.payloadOffset()];
            Memory.copyOut(frame.data() + frame.payloadOffset(), bytes, 0, bytes.length);
            onBytes(streamOffset + Memory.nativeI64(frame.extensions().find(MAP)), bytes);
            delivered += bytes.length;
            frame.release();
            if (waiting.isEmpty()) {
                tcb.allRead();
            }
        }

        @Override
        public Connection accepted(Tcb tcb) {
            tcb.receiveBuffer(BUFFER);
            return tcb;
        }

        @Override
        public void onAcked(Tcb tcb, long streamOffset, long nowNs) {
            acked = streamOffset;
        }

        @Override
        public void onLoss(Tcb tcb, long nowNs) {
            events.add("loss");
        }

        @Override
        public void onRto(Tcb tcb, long nowNs) {
            events.add("rto");
        }

        @Override
        public void onClosed(Tcb tcb, long nowNs) {
            events.add("upper closed");
        }

        @Override
        public void onEstablished(Connection connection) {
            this.tcb = (Tcb) connection;
            tcb.receiveBuffer(BUFFER);
            events.add("established");
        }

        @Override
        public void onReadable(Connection connection) {
            if (connection.finReceived()) {
                events.add("fin");
            }
        }

        @Override
        public void onWritable(Connection connection) {}

        @Override
        public void onFailed(Connection connection, TcpFailure failure) {
            events.add("failed " + failure);
        }

        @Override
        public void onClosed(Connection connection) {
            events.add("closed");
        }
    }
}
