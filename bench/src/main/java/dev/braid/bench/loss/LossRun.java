package dev.braid.bench.loss;

import dev.braid.bench.bed.OtherLoad;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All cells under all congestion controls. Cells that hardly load the processors run on several beds at a time, each with
 * namespaces and processes of its own; the others after them, one by one.
 */
final class LossRun {
    /**
     * What to run.
     *
     * @param rounds of each cell under each congestion control, at least 1
     * @param seed decides which packets are lost, the same for all
     * @param beds how many slow cells run at a time
     * @param traces a folder for what senders say of themselves, or {@code null}
     */
    record Plan(List<Cell> cells, List<String> controls, int rounds, long seed, int beds, @Nullable Path traces) {}

    private record Task(Cell cell, String control) {}

    private final Plan plan;
    private final Consumer<String> progress;

    LossRun(Plan plan, Consumer<String> progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /** Runs everything; answers in the order of the plan. */
    List<Comparison> run() throws IOException {
        List<Task> slow = tasks(true);
        List<Task> fast = tasks(false);
        int beds = Math.clamp(slow.size(), 1, plan.beds());
        var opened = new ArrayList<LossBed>();
        var loads = new ArrayList<OtherLoad>();
        try {
            var tables = new ArrayList<LossTable>();
            for (int i = 0; i < beds; i++) {
                loads.add(OtherLoad.watch());
            }
            for (OtherLoad load : loads) {
                LossBed bed = new LossBed(pid -> loads.forEach(each -> each.isOurs(pid)));
                opened.add(bed);
                tables.add(new LossTable(bed, load, plan.seed(), plan.traces(), progress));
            }
            for (LossTable table : tables) {
                table.warmUp();
            }
            var done = new ArrayList<>(sideBySide(tables, slow));
            done.addAll(sideBySide(tables.subList(0, 1), fast));
            done.sort(Comparator.comparing(Comparison::cell)
                    .thenComparing(one -> plan.controls().indexOf(one.control())));
            return done;
        } finally {
            opened.forEach(LossBed::close);
            loads.forEach(OtherLoad::close);
        }
    }

    private List<Task> tasks(boolean slow) {
        return plan.cells()
                .stream()
                .filter(cell -> cell.isSlow() == slow)
                .flatMap(cell -> plan.controls().stream().map(control -> new Task(cell, control)))
                .toList();
    }

    /** Each table takes the next task until there is none; the first failure is the run's. */
    private List<Comparison> sideBySide(List<LossTable> tables, List<Task> tasks) throws IOException {
        if (tasks.isEmpty()) {
            return List.of();
        }
        Queue<Task> left = new ArrayBlockingQueue<>(tasks.size(), false, tasks);
        var running = new ArrayList<FutureTask<List<Comparison>>>();
        for (LossTable table : tables) {
            var share = new FutureTask<>(() -> work(table, left));
            running.add(share);
            Thread.ofPlatform().daemon().name("cells").start(share);
        }
        var done = new ArrayList<Comparison>();
        for (FutureTask<List<Comparison>> share : running) {
            done.addAll(result(share));
        }
        return done;
    }

    private List<Comparison> work(LossTable table, Queue<Task> left) throws IOException {
        var done = new ArrayList<Comparison>();
        for (Task task = left.poll(); task != null; task = left.poll()) {
            done.add(table.run(task.cell(), task.control(), plan.rounds()));
        }
        return done;
    }

    private static List<Comparison> result(FutureTask<List<Comparison>> share) throws IOException {
        try {
            return share.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException known ? known : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
