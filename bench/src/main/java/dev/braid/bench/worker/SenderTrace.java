package dev.braid.bench.worker;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes what a sending TCP says of itself, every few milliseconds, into a file: milliseconds, then the sender's own words. */
final class SenderTrace implements AutoCloseable {
    private static final long EVERY_MS = 10;
    private static final long END_WITHIN_MS = 2_000;

    /** Tells how the connection stands: one line, empty for none. */
    interface Sampler {
        String sample() throws IOException;
    }

    private final Thread thread;
    private final Sampler sampler;
    private final BufferedWriter file;
    private final long startNs = System.nanoTime();
    private volatile boolean running = true;
    private volatile @Nullable IOException failure;

    private SenderTrace(Sampler sampler, Path file) throws IOException {
        this.sampler = sampler;
        this.file = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
        thread = Thread.ofPlatform().daemon().name("trace").start(this::run);
    }

    /** Begins. */
    static SenderTrace start(Sampler sampler, Path file) throws IOException {
        return new SenderTrace(sampler, file);
    }

    private void run() {
        try {
            while (running) {
                String line = sampler.sample();
                if (!line.isEmpty()) {
                    file.append(String.format(Locale.ROOT, "%.1f ", (System.nanoTime() - startNs) / 1e6)).append(line);
                    file.newLine();
                }
                Thread.sleep(EVERY_MS);
            }
        } catch (IOException e) {
            failure = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        running = false;
        try {
            thread.join(END_WITHIN_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        file.close();
        IOException why = failure;
        if (why != null) {
            throw why;
        }
    }
}
