package dev.braid.fastpath.device;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FrameBatch;
import dev.braid.fastpath.frame.FramePool;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.jctools.queues.atomic.SpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * A cable inside one process: what one end transmits the other receives, in order, at once. Two stacks talk over it in real
 * time without a network and without privileges.
 *
 * <p>Each end is a {@link FrameDeviceProvider} that opens once. As behind a TUN, nothing pushes back: a frame that finds the
 * ring full is dropped under {@code MemoryWireRingFull}.
 */
public final class MemoryWire {
    private static final int RING = 1024;

    private final int mtu;
    private final int offloads;
    private final End left = new End("left");
    private final End right = new End("right");

    /**
     * A cable with two free ends.
     *
     * @param mtu bytes of IP that pass uncut, 68..65535
     * @param offloads bits of {@link Offloads}: with TSO, super-frames pass whole
     */
    public MemoryWire(int mtu, int offloads) {
        this.mtu = mtu;
        this.offloads = offloads;
    }

    /** One end. */
    public FrameDeviceProvider left() {
        return left;
    }

    /** The other end. */
    public FrameDeviceProvider right() {
        return right;
    }

    private End peerOf(End end) {
        return end == left ? right : left;
    }

    /** One end of the cable. Its frames cross in a ring and are copied by the receiver, for each end has its own pool. */
    private final class End implements FrameDeviceProvider, FrameDevice {
        private final String name;
        private final SpscAtomicArrayQueue<Frame> towardsPeer = new SpscAtomicArrayQueue<>(RING);
        private final ParkWaiter waiter = new ParkWaiter();
        private @Nullable FramePool frames;
        private @Nullable Counter ringFull;
        private int index;
        private volatile boolean open;

        End(String name) {
            this.name = name;
        }

        @Override
        public String kind() {
            return "memory";
        }

        @Override
        public List<FrameDevice> open(
                DeviceSpec spec, int index, FramePool frames, Counters counters, DeviceEvents events) {
            if (open) {
                throw new DeviceException("the " + name + " end of this memory wire is in use: make another wire");
            }
            this.frames = frames;
            this.index = index;
            this.ringFull = counters.counter("MemoryWireRingFull");
            this.open = true;
            return List.of(this);
        }

        @Override
        public Waiter waiter(List<FrameDevice> devices) {
            return waiter;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public int mtu() {
            return mtu;
        }

        @Override
        public int offloads() {
            return offloads;
        }

        @Override
        public int receive(FrameBatch batch) {
            FramePool pool = frames;
            SpscAtomicArrayQueue<Frame> ring = peerOf(this).towardsPeer;
            if (pool == null || ring.isEmpty()) {
                return 0;
            }
            // The peer's memory goes when the peer closes, and not while it is read here.
            synchronized (ring) {
                return receive(batch, ring, pool);
            }
        }

        private int receive(FrameBatch batch, SpscAtomicArrayQueue<Frame> ring, FramePool pool) {
            int received = 0;
            while (batch.remaining() > 0) {
                Frame sent = ring.peek();
                Frame copy = sent == null ? null : pool.take(sent.length());
                if (sent == null || copy == null) {
                    break;
                }
                ring.poll();
                copy.resize(sent.length());
                sent.copyTo(copy.data());
                copy.device(index).gso(sent.gsoType(), sent.gsoSize()).gsoEcn(sent.gsoEcn());
                // Inside one process nothing corrupts a packet: as with a TUN, a partial checksum need not be verified.
                if (sent.checksumState() == Frame.CHECKSUM_PARTIAL) {
                    copy.checksumState(Frame.CHECKSUM_VALID);
                }
                sent.pool().comeHome(sent);
                batch.add(copy);
                received++;
            }
            return received;
        }

        @Override
        public void transmit(Frame frame) {
            End peer = peerOf(this);
            Counter full = ringFull;
            if (!open || !peer.open || full == null) {
                frame.release();
            } else if (towardsPeer.offer(frame)) {
                VarHandle.fullFence();
                peer.waiter.wake();
            } else {
                frame.drop(full);
            }
        }

        @Override
        public void close() {
            open = false;
            synchronized (towardsPeer) {
                for (Frame frame = towardsPeer.poll(); frame != null; frame = towardsPeer.poll()) {
                    frame.release();
                }
            }
        }
    }
}
