package dev.braid.tools.demo;

import dev.braid.tools.testbed.BedPath;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * The live line of a transfer: share done, and of each path the rate of the last tenth of a second, the round trip and its share of
 * all. On a terminal it is rewritten in place, elsewhere there is a line a second.
 */
final class Progress implements AutoCloseable {
    private static final int BAR = 16;
    private static final long TERMINAL_MS = 100;
    private static final long PLAIN_MS = 1000;

    /** What is shown; {@code srttNs} is asked from another thread. */
    record Scene(Direction direction, long total, ArrivalLog log, PathMeter meter, List<BedPath> paths,
            ToLongFunction<BedPath> srttNs) {}

    private final PrintStream out;
    private final boolean terminal;
    private final Scene scene;
    private final Thread thread;

    private Progress(PrintStream out, boolean terminal, Scene scene) {
        this.out = out;
        this.terminal = terminal;
        this.scene = scene;
        this.thread = Thread.ofPlatform().daemon().name("progress").unstarted(this::run);
    }

    /** Begins to show a transfer. */
    static Progress show(PrintStream out, Scene scene) {
        boolean terminal = System.console() != null && System.console().isTerminal();
        var progress = new Progress(out, terminal, scene);
        progress.thread.start();
        return progress;
    }

    private void run() {
        long periodMs = terminal ? TERMINAL_MS : PLAIN_MS;
        try {
            while (true) {
                Thread.sleep(periodMs);
                out.print(line(periodMs * 1_000_000));
                out.flush();
            }
        } catch (InterruptedException e) {
            if (terminal) {
                out.print("\r\033[K");
                out.flush();
            }
        }
    }

    private String line(long overNs) {
        long done = scene.log().total();
        long total = Math.max(1, scene.total());
        int filled = (int) Math.min(BAR, BAR * done / total);
        var line = new StringBuilder(String.format(Locale.ROOT, "%-9s %s%s %3d %%", scene.direction().label(),
                "#".repeat(filled), ".".repeat(BAR - filled), 100 * done / total));
        double[] mbit = new double[scene.paths().size()];
        double all = 0;
        for (int i = 0; i < mbit.length; i++) {
            mbit[i] = scene.meter().mbit(i, scene.direction(), overNs);
            all += mbit[i];
        }
        for (int i = 0; i < mbit.length; i++) {
            BedPath path = scene.paths().get(i);
            line.append(String.format(Locale.ROOT, "  %s %5.1f Mbit/s", path.name(), mbit[i]));
            long srttNs = scene.srttNs().applyAsLong(path);
            if (srttNs > 0) {
                line.append(String.format(Locale.ROOT, " rtt %5.1f ms", srttNs / 1e6));
            }
            line.append(String.format(Locale.ROOT, " %3.0f %%", all == 0 ? 0 : 100 * mbit[i] / all));
        }
        return terminal ? "\r" + line + "\033[K" : line + "\n";
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
