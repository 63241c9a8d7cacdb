package dev.braid.stack.mptcp.scheduler;

import java.util.ArrayList;
import java.util.List;

/** A connection as a scheduler sees it, which asks it as the sender does. */
final class ConnectionStub implements ConnectionView {
    final List<PathStub> paths = new ArrayList<>();
    long queued = 1_000_000;
    long unacknowledged;
    long window = 10_000_000;
    boolean writerWaits = true;
    int timeouts;

    ConnectionStub(PathStub... paths) {
        this.paths.addAll(List.of(paths));
    }

    /** Gives data to whichever path the scheduler names, a segment at a time, until it names none. */
    void sendAll(PacketScheduler scheduler) {
        for (int i = 0; i < 100_000 && queued > 0 && window > 0; i++) {
            if (!(scheduler.choose(this, 0) instanceof PathStub chosen)) {
                return;
            }
            give(scheduler, chosen, (int) Math.min(PathStub.MSS, queued));
        }
    }

    void give(PacketScheduler scheduler, PathStub path, int bytes) {
        path.outstanding += bytes;
        queued -= bytes;
        unacknowledged += bytes;
        window -= bytes;
        scheduler.onSent(path, bytes, 0);
    }

    @Override
    public int subflows() {
        return paths.size();
    }

    @Override
    public SubflowView subflow(int index) {
        return paths.get(index);
    }

    @Override
    public long queued() {
        return queued;
    }

    @Override
    public long unacknowledged() {
        return unacknowledged;
    }

    @Override
    public long window() {
        return window;
    }

    @Override
    public boolean writerWaits() {
        return writerWaits;
    }

    @Override
    public int timeouts() {
        return timeouts;
    }
}
