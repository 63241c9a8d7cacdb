package dev.braid.tools.kernel;

import dev.braid.tundriver.netns.NetworkNamespace;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The {@code braid} command as a process of its own, inside a namespace, with this test's class path. */
public final class BraidProcess implements AutoCloseable {
    private static final long END_WITHIN_S = 30;
    /** The commands that {@code tools/bin/braid} starts without the flags of short ones. */
    private static final Set<String> LASTING = Set.of("up", "serve", "perf", "demo", "drill", "link-emu", "capture");

    private final Process process;
    private final BufferedReader output;

    private BraidProcess(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Starts {@code braid} with these arguments; its standard error comes with its output. */
    public static BraidProcess start(NetworkNamespace namespace, String... arguments) throws IOException {
        return start(namespace, Map.of(), arguments);
    }

    /** The same with variables of the environment besides this process's. */
    public static BraidProcess start(NetworkNamespace namespace, Map<String, String> environment, String... arguments)
            throws IOException {
        var command = new ArrayList<String>();
        command.add("env");
        environment.forEach((name, value) -> command.add(name + "=" + value));
        command.addAll(command(arguments));
        return new BraidProcess(namespace.start(command.toArray(String[]::new)));
    }

    /** The words that start {@code braid} with these arguments. */
    public static List<String> command(String... arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add(flags("jvm.args"));
        if (!LASTING.contains(arguments[0])) {
            command.add(flags("short.args"));
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.braid.tools.Main"));
        command.addAll(List.of(arguments));
        return command;
    }

    private static String flags(String file) {
        return "@" + Path.of(System.getProperty("basedir", ""), file).toAbsolutePath();
    }

    /** Reads lines until one contains the text. */
    public void awaitLine(String text) throws IOException {
        var seen = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.contains(text)) {
                return;
            }
            seen.append(line).append('\n');
        }
        throw new AssertionError("braid ended without \"" + text + "\"; it said:\n" + seen);
    }

    /** Everything it prints until it ends. */
    public String rest() throws IOException {
        var text = new StringBuilder();
        forEachLine(line -> text.append(line).append('\n'));
        return text.toString();
    }

    /** Hands over each line that it prints until it ends. */
    public void forEachLine(Consumer<String> reader) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            reader.accept(line);
        }
    }

    /** Its exit status. */
    public int await() throws InterruptedException {
        if (!process.waitFor(END_WITHIN_S, TimeUnit.SECONDS)) {
            throw new AssertionError("braid did not end within " + END_WITHIN_S + " s");
        }
        return process.exitValue();
    }

    /** SIGTERM; its output can still be read. */
    public void terminate() {
        process.toHandle().destroy();
    }

    /** SIGKILL. */
    public void kill() {
        process.destroyForcibly();
    }

    public long pid() {
        return process.pid();
    }

    /** Sends a signal, such as {@code STOP}. */
    public void signal(String name) throws IOException, InterruptedException {
        int unused = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
    }

    /** How often each of the stack's threads went to sleep so far, by thread id and name. */
    Map<String, Long> voluntarySwitches() throws IOException {
        var found = new LinkedHashMap<String, Long>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/" + pid() + "/task"))) {
            for (Path thread : threads) {
                String name = Files.readString(thread.resolve("comm")).strip();
                if (name.startsWith("braid")) {
                    found.put(thread.getFileName() + " " + name, switches(thread));
                }
            }
        }
        return found;
    }

    private static long switches(Path thread) throws IOException {
        for (String line : Files.readAllLines(thread.resolve("status"))) {
            if (line.startsWith("voluntary_ctxt_switches:")) {
                return Long.parseLong(line.substring(line.indexOf(':') + 1).strip());
            }
        }
        throw new IOException("no switches in " + thread);
    }

    /** Processor time used so far, in hundredths of a second. */
    long cpuTicks() throws IOException {
        String[] fields = Files.readString(Path.of("/proc/" + pid() + "/stat")).replaceFirst(".*\\) ", "").split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
