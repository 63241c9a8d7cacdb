package dev.braid.tools.demo;

import dev.braid.tools.testbed.BedPath;
import dev.braid.tundriver.netlink.LinkStatistics;
import java.util.ArrayList;
import java.util.List;

/** Reads what each NIC has carried, every {@value #PERIOD_MS} ms, on a thread of its own. Any thread asks. */
final class PathMeter implements AutoCloseable {
    static final int PERIOD_MS = 10;

    private record Sample(long ns, LinkStatistics[] paths) {}

    private final List<BedPath> paths;
    private final List<Sample> samples = new ArrayList<>();
    private final Thread thread;

    private PathMeter(List<BedPath> paths) {
        this.paths = paths;
        thread = Thread.ofPlatform().daemon().name("path-meter").unstarted(this::run);
    }

    /** Begins to read. */
    static PathMeter start(List<BedPath> paths) {
        var meter = new PathMeter(paths);
        meter.sample();
        meter.thread.start();
        return meter;
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(PERIOD_MS);
                sample();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sample() {
        var now = paths.stream().map(BedPath::statistics).toArray(LinkStatistics[]::new);
        synchronized (samples) {
            samples.add(new Sample(System.nanoTime(), now));
        }
    }

    private static long bytes(LinkStatistics statistics, Direction direction) {
        return direction == Direction.DOWNLOAD ? statistics.rxBytes() : statistics.txBytes();
    }

    /** Mbit/s of a path during the last so many nanoseconds, the way of the data, Ethernet headers counted. */
    double mbit(int path, Direction direction, long overNs) {
        synchronized (samples) {
            Sample last = samples.getLast();
            Sample first = last;
            for (int i = samples.size() - 1; i >= 0 && last.ns() - first.ns() < overNs; i--) {
                first = samples.get(i);
            }
            long bytes = bytes(last.paths()[path], direction) - bytes(first.paths()[path], direction);
            return last.ns() == first.ns() ? 0 : bytes * 8e3 / (last.ns() - first.ns());
        }
    }

    /** How long from a moment on it took the path to carry so many bytes the way of the data; -1 when it did not. */
    long carriedNs(int path, Direction direction, long fromNs, long bytes) {
        synchronized (samples) {
            long before = -1;
            for (Sample sample : samples) {
                long total = bytes(sample.paths()[path], direction);
                if (sample.ns() < fromNs || before < 0) {
                    before = total;
                } else if (total - before >= bytes) {
                    return sample.ns() - fromNs;
                }
            }
            return -1;
        }
    }

    /** What the path carried since the meter began, in and out together with Ethernet headers. */
    LinkStatistics[] firstAndLast(int path) {
        synchronized (samples) {
            return new LinkStatistics[] {samples.getFirst().paths()[path], samples.getLast().paths()[path]};
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sample();
    }
}
