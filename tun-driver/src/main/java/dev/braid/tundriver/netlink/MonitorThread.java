package dev.braid.tundriver.netlink;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.pipeline.ThreadEnd;
import dev.braid.tundriver.poll.Poller;
import java.util.function.Consumer;

/** Drains a monitor on a thread of its own, which sleeps while nothing changes. */
public final class MonitorThread implements AutoCloseable {
    private final LinkMonitor monitor;
    private final Poller poller = Poller.open();
    private final Thread thread;
    private volatile boolean running = true;

    private MonitorThread(LinkMonitor monitor, Consumer<LinkEvent> listener) {
        this.monitor = monitor;
        this.thread = Thread.ofPlatform().daemon().name("link-monitor").unstarted(() -> run(listener));
    }

    /**
     * Starts the thread, which takes the monitor over.
     *
     * @param listener called on that thread, first with all that exists; what it throws ends the thread
     */
    public static MonitorThread start(LinkMonitor monitor, Consumer<LinkEvent> listener) {
        MonitorThread started = new MonitorThread(monitor, listener);
        started.poller.add(monitor.descriptor(), 0);
        started.thread.start();
        return started;
    }

    private void run(Consumer<LinkEvent> listener) {
        while (running) {
            monitor.drain(listener);
            poller.prepare();
            if (!running) {
                break;
            }
            poller.await(Deadlines.NONE);
        }
    }

    /** Ends the thread, then closes the monitor. Not to be called by the listener. */
    @Override
    public void close() {
        running = false;
        poller.wake();
        ThreadEnd.await(thread);
        poller.close();
        monitor.close();
    }
}
