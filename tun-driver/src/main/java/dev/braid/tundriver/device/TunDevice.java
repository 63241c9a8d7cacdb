package dev.braid.tundriver.device;

import dev.braid.fastpath.device.FrameDevice;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FrameBatch;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.tundriver.sys.Errno;
import dev.braid.tundriver.tun.TunQueue;
import java.lang.foreign.Arena;

/**
 * One queue of a TUN, or a packet socket on an Ethernet device, between the kernel and a pipeline.
 *
 * <p>When the device is deleted under it, it tells once that the device is down, is read no more and drops what it is
 * given: it never throws and never keeps its thread busy.
 */
final class TunDevice implements FrameDevice {
    /**
     * Batches between looks at the link's state while frames keep coming, some hundredths of a second; an idle thread is
     * woken for it. The look's system call is so rare that the JIT leaves it uncompiled for minutes, and then it costs heap.
     */
    private static final int BATCHES_BETWEEN_LOOKS = 1024;
    /** Reads that may fail one after another, for a reason that is not known, before the device counts as gone. */
    private static final int MAX_FAILURES_IN_A_ROW = 64;

    private final Attachment attachment;
    private final TunQueue queue;
    private final int index;
    private final TunCounters counters;
    private final Arena arena = Arena.ofShared();
    private final TunReceiver receiver;
    private final TunTransmitter transmitter;
    private int batchesUntilLook;
    private int failuresInARow;
    private boolean dead;
    private boolean open = true;

    TunDevice(Attachment attachment, TunQueue queue, int index, FramePool frames, TunCounters counters) {
        this.attachment = attachment;
        this.queue = queue;
        this.index = index;
        this.counters = counters;
        this.receiver = new TunReceiver(arena, queue, attachment.preamble(), frames, counters);
        this.transmitter = new TunTransmitter(arena, queue, attachment.preamble(), counters);
    }

    @Override
    public String name() {
        return attachment.name();
    }

    @Override
    public int mtu() {
        return attachment.watch().mtu();
    }

    @Override
    public int offloads() {
        return attachment.offloads();
    }

    @Override
    public int receive(FrameBatch batch) {
        if (dead) {
            return 0;
        }
        int before = batch.size();
        for (int reads = batch.remaining(); reads > 0; reads--) {
            int bytes = receiver.read();
            if (bytes == TunQueue.NOTHING) {
                failuresInARow = 0;
                break;
            }
            if (bytes < 0) {
                if (failed(bytes)) {
                    break;
                }
                continue;
            }
            failuresInARow = 0;
            Frame frame = receiver.frame(bytes);
            if (frame != null) {
                batch.add(frame.device(index));
            }
        }
        if (batchesUntilLook-- == 0) {
            lookAtLink();
        }
        return batch.size() - before;
    }

    /** Takes a failed read in; answers whether to stop reading. */
    private boolean failed(int answer) {
        if (answer == -Errno.EINTR) {
            return false;
        }
        counters.receiveErrors.increment();
        if (TunQueue.isDead(answer) || ++failuresInARow == MAX_FAILURES_IN_A_ROW) {
            die();
        }
        return true;
    }

    /** The device is not there any more. Receiving thread. */
    void die() {
        if (!dead) {
            dead = true;
            counters.gone.increment();
            attachment.watch().lost();
        }
    }

    /** Hears what the kernel says of the link. Receiving thread. */
    void lookAtLink() {
        batchesUntilLook = BATCHES_BETWEEN_LOOKS;
        attachment.watch().look();
    }

    boolean isDead() {
        return dead || attachment.watch().isGone();
    }

    int descriptor() {
        return queue.descriptor();
    }

    int linkDescriptor() {
        return attachment.watch().descriptor();
    }

    @Override
    public void transmit(Frame frame) {
        transmitter.transmit(frame);
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            receiver.close();
            attachment.release();
            arena.close();
        }
    }
}
