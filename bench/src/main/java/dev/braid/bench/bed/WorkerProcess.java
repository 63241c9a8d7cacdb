package dev.braid.bench.bed;

import dev.braid.bench.worker.Message;
import dev.braid.bench.worker.Worker;
import dev.braid.tundriver.netns.NetworkNamespace;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A worker in a process of its own, inside a namespace. Every order is answered within a bound, or the process is ended. */
public final class WorkerProcess implements AutoCloseable {
    /** The most a worker may take for an order. */
    public static final long LIMIT_S = 15;

    private static final long END_WITHIN_S = 10;
    /** Real-time where that is allowed: a nice value alone does not preempt what runs. Keeps the process id. */
    private static final String SERVED_FIRST = "chrt --rr --pid $0 $$ >/dev/null 2>&1; exec \"$@\"";
    private static final double TICKS_PER_SECOND = 100;
    private static final ScheduledExecutorService WATCHDOG = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("watchdog").factory());

    private final String name;
    private final Process process;
    private final BufferedReader answers;
    private final StringBuilder complaints = new StringBuilder();

    private WorkerProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
    }

    /**
     * Starts a worker and waits until it is ready.
     *
     * @param flight where to put a flight recording of it, or {@code null}
     */
    public static WorkerProcess start(NetworkNamespace namespace, String name, Message description,
            @Nullable Path flight)
            throws IOException {
        return start(namespace, name, description, flight, List.of());
    }

    /**
     * Starts a worker that is served before what else runs on the machine, where that is allowed.
     *
     * @param priority in real time, 1 to 99: of two such workers the one of more is served first
     */
    public static WorkerProcess startPreferred(NetworkNamespace namespace, String name, Message description,
            int priority)
            throws IOException {
        return start(namespace, name, description, null, List.of("sh", "-c", SERVED_FIRST, Integer.toString(priority)));
    }

    private static WorkerProcess start(NetworkNamespace namespace, String name, Message description,
            @Nullable Path flight,
            List<String> before) throws IOException {
        var command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-XX:-UsePerfData",
                "-Xlog:disable", "-Xlog:all=warning:stderr"));
        if (flight != null) {
            command.add("-XX:StartFlightRecording=settings=profile,filename=" + flight.resolve(name + ".jfr"));
            command.add("-XX:+UnlockDiagnosticVMOptions");
            command.add("-XX:+DebugNonSafepoints");
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Worker.class.getName()));
        command.addAll(List.of(description.toString().split(" ")));
        var worker = new WorkerProcess(name, namespace.start(command.toArray(String[]::new)));
        Message ready = worker.answer(LIMIT_S);
        if (!ready.verb().equals("ready")) {
            throw new IOException(name + " said " + ready + " where it should be ready");
        }
        return worker;
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** Has an order carried out, within {@value #LIMIT_S} s. */
    public Message order(Message order) throws IOException {
        return order(order, LIMIT_S);
    }

    /**
     * Has an order carried out.
     *
     * @param limitS seconds after which the worker is ended
     * @throws IOException when it failed or took too long
     */
    public Message order(Message order, long limitS) throws IOException {
        process.outputWriter(StandardCharsets.UTF_8).append(order.toString()).append('\n').flush();
        Message answer = answer(limitS);
        if (answer.verb().equals("failed")) {
            throw new IOException(name + ": " + order + ": " + answer.text("why").replace('_', ' '));
        }
        return answer;
    }

    private Message answer(long limitS) throws IOException {
        ScheduledFuture<?> end = WATCHDOG.schedule(process::destroyForcibly, limitS, TimeUnit.SECONDS);
        try {
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                if (line.startsWith(Worker.ANSWER)) {
                    return Message.parse(line.substring(Worker.ANSWER.length()));
                }
                complaints.append(line).append('\n');
            }
        } finally {
            end.cancel(false);
        }
        throw new IOException(name + " ended, or did not answer within " + limitS + " s; it said: "
                + complaints.toString().strip());
    }

    /** Keeps all of its threads on these processors, as {@code 0} or {@code 0-1}. */
    public void pin(String processors) throws IOException {
        Process pinning = new ProcessBuilder("taskset", "-apc", processors, Long.toString(pid()))
                .redirectErrorStream(true)
                .start();
        String said = new String(pinning.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (pinning.waitFor() != 0) {
                throw new IOException("taskset: " + said.strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Processor time it has used so far, in seconds. */
    public double cpuSeconds() throws IOException {
        return OtherLoad.ticks(Files.readString(Path.of("/proc/" + pid() + "/stat"))) / TICKS_PER_SECOND;
    }

    /** Lets it end by itself, so that a recording is written; ends it if it does not. */
    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(END_WITHIN_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
