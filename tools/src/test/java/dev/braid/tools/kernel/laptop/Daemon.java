package dev.braid.tools.kernel.laptop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.tools.control.ControlClient;
import dev.braid.tools.kernel.BraidProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** {@code braid up} on the laptop, as a process with a run folder of its own, and the commands that talk to it. */
final class Daemon implements AutoCloseable {
    /** The line that says that it serves. */
    private static final String READY = "ready";

    private final LaptopBed bed;
    private final Path folder;
    private final BraidProcess process;
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());

    private Daemon(LaptopBed bed, Path folder, BraidProcess process) {
        this.bed = bed;
        this.folder = folder;
        this.process = process;
    }

    /** Starts it and waits until it serves. */
    static Daemon up(LaptopBed bed, Path folder, String... options) throws IOException {
        Daemon daemon = start(bed, folder, options);
        daemon.awaitReady();
        return daemon;
    }

    /** Waits until it serves, and reads its log from then on; one that does not is closed. */
    void awaitReady() throws IOException {
        try {
            process.awaitLine(READY);
        } catch (IOException | AssertionError e) {
            close();
            throw e;
        }
        Thread.ofPlatform().daemon().name("daemon-log").start(this::listen);
    }

    /** Starts it and waits for nothing. */
    static Daemon start(LaptopBed bed, Path folder, String... options) throws IOException {
        return start(bed, folder, Map.of(), options);
    }

    /** The same with variables of the environment besides. */
    static Daemon start(LaptopBed bed, Path folder, Map<String, String> environment, String... options)
            throws IOException {
        Path config = folder.resolve("braid.toml");
        if (Files.notExists(config)) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            Files.writeString(config, "[dns]\nservers = [\"" + LaptopBed.NAME_SERVER + ":53\"]\n");
        }
        var arguments = new ArrayList<>(List.of("up", "--config", config.toString()));
        arguments.addAll(Arrays.asList(options));
        return new Daemon(bed, folder, run(bed, folder, environment, arguments.toArray(String[]::new)));
    }

    private void listen() {
        try {
            process.forEachLine(log::add);
        } catch (IOException e) {
            log.add(e.toString());
        }
    }

    /** Runs {@code braid} with these arguments beside it. */
    static BraidProcess run(LaptopBed bed, Path folder, String... arguments) throws IOException {
        return run(bed, folder, Map.of(), arguments);
    }

    private static BraidProcess run(LaptopBed bed, Path folder, Map<String, String> environment, String... arguments)
            throws IOException {
        var all = new LinkedHashMap<>(environment);
        all.put("XDG_RUNTIME_DIR", folder.toString());
        return BraidProcess.start(bed.laptop(), all, arguments);
    }

    /** What a command of {@code braid} prints; it must succeed. */
    String ask(String... arguments) throws IOException, InterruptedException {
        return ask(bed, folder, arguments);
    }

    /** The same when there may be no daemon. */
    static String ask(LaptopBed bed, Path folder, String... arguments) throws IOException, InterruptedException {
        try (BraidProcess command = run(bed, folder, arguments)) {
            String said = command.rest();
            if (command.await() != 0) {
                throw new AssertionError("braid " + String.join(" ", arguments) + " failed:\n" + said);
            }
            return said;
        }
    }

    /** What {@code braid status --json} prints, without the start of a JVM. */
    JsonNode status() {
        try (ControlClient client = ControlClient.findDaemon(folder.resolve("braid").resolve("admin.sock"))) {
            if (client == null) {
                throw new AssertionError("the daemon does not listen in " + folder);
            }
            return new ObjectMapper().valueToTree(client.ask("status", Map.of()));
        }
    }

    /** The same by the command. */
    JsonNode statusByCommand() throws IOException, InterruptedException {
        return new ObjectMapper().readTree(ask("status", "--json"));
    }

    /** What it has said since it was ready. */
    List<String> log() {
        synchronized (log) {
            return List.copyOf(log);
        }
    }

    BraidProcess process() {
        return process;
    }

    /** Ends it as systemd would and waits until it has, with everything undone. */
    void stop() throws InterruptedException {
        process.terminate();
        assertThat(process.await()).as(() -> "exit status of the daemon, which said " + log()).isZero();
    }

    @Override
    public void close() {
        process.close();
    }
}
