package dev.braid.fastpath.sim.middlebox;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.device.FrameOutput;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.sim.Middlebox;
import java.util.List;

/** Boxes one behind another, as one box. */
public final class MiddleboxChain implements Middlebox {
    private final Middlebox[] boxes;
    private final FrameOutput[] behind;
    private FrameOutput exit = MiddleboxChain::nowhere;
    private long nowNs;

    /** The boxes in the order in which packets pass them; with none, packets pass untouched. */
    public MiddleboxChain(List<? extends Middlebox> boxes) {
        this.boxes = boxes.toArray(new Middlebox[0]);
        this.behind = new FrameOutput[this.boxes.length];
        for (int i = 0; i < behind.length; i++) {
            int next = i + 1;
            behind[i] = frame -> enter(next, frame);
        }
    }

    private static void nowhere(Frame frame) {
        throw new IllegalStateException("the chain is not carrying a packet");
    }

    private void enter(int index, Frame frame) {
        if (index == boxes.length) {
            exit.transmit(frame);
        } else {
            boxes[index].onFrame(frame, nowNs, behind[index]);
        }
    }

    @Override
    public void onFrame(Frame frame, long nowNs, FrameOutput forward) {
        this.nowNs = nowNs;
        exit = forward;
        enter(0, frame);
    }

    @Override
    public long nextDeadlineNs() {
        long next = Deadlines.NONE;
        for (Middlebox box : boxes) {
            next = Math.min(next, box.nextDeadlineNs());
        }
        return next;
    }

    @Override
    public void onDeadline(long nowNs, FrameOutput forward) {
        this.nowNs = nowNs;
        exit = forward;
        for (int i = 0; i < boxes.length; i++) {
            if (boxes[i].nextDeadlineNs() <= nowNs) {
                boxes[i].onDeadline(nowNs, behind[i]);
            }
        }
    }

    @Override
    public void close() {
        for (Middlebox box : boxes) {
            box.close();
        }
    }
}
