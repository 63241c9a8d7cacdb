package dev.braid.bench.bed;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Watches, once a second, which process that is none of ours uses most processor time. A run during which one used more than
 * {@value #SPOILED_CORES} of a processor for a second is spoiled.
 */
public final class OtherLoad implements AutoCloseable {
    /** More than this, in processors, and a figure says nothing. */
    public static final double SPOILED_CORES = 0.2;

    private static final long PERIOD_MS = 1000;
    private static final double TICKS_PER_SECOND = 100;
    /** The parent of all kernel threads. */
    private static final String KTHREADD = "2";

    private final Path proc;
    private final Set<Long> ours = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private Map<Long, Long> before = Map.of();
    private long beforeNs;
    private @Nullable Disturbance worst;

    private OtherLoad(Path proc) {
        this.proc = proc;
        ours.add(ProcessHandle.current().pid());
        thread = Thread.ofPlatform().daemon().name("other-load").unstarted(this::run);
    }

    /** Begins to watch. */
    public static OtherLoad watch() {
        var load = new OtherLoad(Path.of("/proc"));
        load.sample(System.nanoTime());
        load.thread.start();
        return load;
    }

    /** For tests: samples another folder, and only when told. */
    static OtherLoad over(Path proc) {
        return new OtherLoad(proc);
    }

    /** This process belongs to the measurement. */
    public void isOurs(long pid) {
        ours.add(pid);
    }

    /** The worst since the last call, if it was bad enough to spoil a run. */
    public synchronized @Nullable Disturbance takeWorst() {
        sample(System.nanoTime());
        Disturbance found = worst;
        worst = null;
        return found;
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(PERIOD_MS);
                sample(System.nanoTime());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Compares with the sample before. */
    synchronized void sample(long nowNs) {
        double seconds = (nowNs - beforeNs) / 1e9;
        if (!before.isEmpty() && seconds < 0.3) {
            // A hundredth of a second is the kernel's grain.
            return;
        }
        var now = new HashMap<Long, Long>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                look(process, now, seconds);
            }
        } catch (IOException e) {
            throw new IllegalStateException(proc + " cannot be listed: " + e.getMessage(), e);
        }
        before = now;
        beforeNs = nowNs;
    }

    private void look(Path process, Map<Long, Long> now, double seconds) {
        long pid = Long.parseLong(process.getFileName().toString());
        String stat;
        try {
            stat = Files.readString(process.resolve("stat"));
        } catch (IOException e) {
            // It has ended.
            return;
        }
        long ticks = ticks(stat);
        now.put(pid, ticks);
        Long earlier = before.get(pid);
        if (ours.contains(pid) || before.isEmpty() || isKernelThread(stat)) {
            return;
        }
        double cores = (ticks - (earlier == null ? 0 : earlier)) / TICKS_PER_SECOND / seconds;
        Disturbance most = worst;
        if (cores > SPOILED_CORES && (most == null || cores > most.cores())) {
            worst = new Disturbance(stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')')), cores);
        }
    }

    /** Work of the kernel's own threads, such as ksoftirqd, is what the measured traffic makes. */
    private static boolean isKernelThread(String stat) {
        return fields(stat)[1].equals(KTHREADD);
    }

    /** Processor time of a process so far, in hundredths of a second, from its {@code /proc/PID/stat} (proc(5)). */
    static long ticks(String stat) {
        String[] fields = fields(stat);
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    /** What follows the name, which may hold anything. */
    private static String[] fields(String stat) {
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
