package dev.braid.tools.demo;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The live line of a transfer: rate of the last tenth of a second, round trip, share done. On a terminal it is rewritten in
 * place, elsewhere there is a line a second.
 */
final class Progress implements AutoCloseable {
    private static final int BAR = 24;
    private static final long TERMINAL_MS = 100;
    private static final long PLAIN_MS = 1000;

    private final PrintStream out;
    private final boolean terminal;
    private final String label;
    private final long total;
    private final LongSupplier srttNs;
    private final AtomicLong done = new AtomicLong();
    private final Thread thread;

    private Progress(PrintStream out, boolean terminal, String label, long total, LongSupplier srttNs) {
        this.out = out;
        this.terminal = terminal;
        this.label = label;
        this.total = total;
        this.srttNs = srttNs;
        this.thread = Thread.ofPlatform().daemon().name("progress").unstarted(this::run);
    }

    /** Begins to show a transfer of {@code total} bytes; {@code srttNs} is asked from another thread. */
    static Progress show(PrintStream out, String label, long total, LongSupplier srttNs) {
        boolean terminal = System.console() != null && System.console().isTerminal();
        var progress = new Progress(out, terminal, label, total, srttNs);
        progress.thread.start();
        return progress;
    }

    /** So many bytes more are done. */
    void advance(long bytes) {
        done.addAndGet(bytes);
    }

    private void run() {
        long before = 0;
        long beforeNs = System.nanoTime();
        try {
            while (true) {
                Thread.sleep(terminal ? TERMINAL_MS : PLAIN_MS);
                long now = System.nanoTime();
                long bytes = done.get();
                out.print(line(bytes, (bytes - before) * 8e3 / (now - beforeNs)));
                out.flush();
                before = bytes;
                beforeNs = now;
            }
        } catch (InterruptedException e) {
            if (terminal) {
                out.print("\r\033[K");
                out.flush();
            }
        }
    }

    private String line(long bytes, double mbit) {
        int filled = (int) (BAR * bytes / Math.max(1, total));
        String line = String.format(Locale.ROOT, "%-9s %s%s %3d %%  %6.1f Mbit/s  rtt %5.1f ms", label,
                "#".repeat(filled), ".".repeat(BAR - filled), 100 * bytes / Math.max(1, total), mbit,
                srttNs.getAsLong() / 1e6);
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
