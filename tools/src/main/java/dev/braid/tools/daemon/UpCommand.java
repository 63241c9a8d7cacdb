package dev.braid.tools.daemon;

import dev.braid.tools.config.ConfigException;
import dev.braid.tools.config.ConfigPrinter;
import dev.braid.tools.config.HostConfig;
import dev.braid.tools.host.HostLog.Level;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code braid up}: the host daemon, in the foreground until SIGINT, SIGTERM or {@code braid down}. */
@Command(name = "up", description = "Binds this host's network interfaces and lets programs use all of them at once through a SOCKS5 and HTTP proxy on 127.0.0.1:1080.", mixinStandardHelpOptions = true, footer = {
    "",
    "Examples:  braid up",
    "           braid up --link nic=eth0 --link nic=wlan0,role=backup",
    "It runs until SIGINT, SIGTERM or braid down, and then undoes what it changed on the host. SIGHUP reads the configuration again."
})
public final class UpCommand implements Callable<Integer> {
    private static final long TICK_S = 1;

    @Mixin private UpOptions options = new UpOptions();

    @Option(names = "--print-config", description = "Prints the configuration that would be in force, and ends.") private boolean print;

    @Option(names = {"-v", "--verbose"}, description = "Tells of each connection, too.") private boolean verbose;

    /** The daemon once it serves, or why it could not begin to. */
    private final CompletableFuture<Daemon> started = new CompletableFuture<>();
    private volatile boolean failed;
    private final Readiness manager = Readiness.ofEnvironment();
    private final Starter starter;

    /** What makes the daemon. */
    @FunctionalInterface
    interface Starter {
        /** As {@link Daemon#start}. */
        Daemon start(HostConfig config, LogLines log) throws IOException;
    }

    /** The command. */
    public UpCommand() {
        this(Daemon::start);
    }

    UpCommand(Starter starter) {
        this.starter = starter;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        HostConfig config;
        try {
            config = options.read();
        } catch (ConfigException e) {
            e.problems().forEach(problem -> System.err.println("braid up: " + problem));
            return 2;
        }
        if (print) {
            System.out.print(ConfigPrinter.print(config));
            System.out.flush();
            return 0;
        }
        LogLines log = LogLines.standard(verbose);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> end(log)));
        Hangup.handle(() -> started.thenAccept(daemon -> reload(daemon, log)));
        Daemon daemon = start(config, log);
        String summary = daemon.summary();
        log.say(Level.NOTICE, "ready: " + summary);
        manager.ready(summary);
        try {
            log.say(Level.ERROR, awaitFailure(daemon, log));
        } finally {
            failed = true; // a thread that comes here was asked by nobody, whatever it brings
        }
        return 1;
    }

    private static String awaitFailure(Daemon daemon, LogLines log) throws InterruptedException {
        String failure = daemon.tick();
        while (failure.isEmpty()) {
            TimeUnit.SECONDS.sleep(TICK_S);
            log.tick();
            failure = daemon.tick();
        }
        return failure;
    }

    Daemon start(HostConfig config, LogLines log) throws IOException {
        try {
            Daemon daemon = starter.start(config, log);
            daemon.serve(() -> reload(daemon, log), UpCommand::stop);
            started.complete(daemon);
            return daemon;
        } catch (IOException | RuntimeException | Error e) {
            // Whatever it was, memory that is not to be had too: the process's end waits for this.
            started.completeExceptionally(e);
            throw e;
        }
    }

    /**
     * The end of the process, whatever asked for it. Who asks while the daemon begins waits until it has begun: that takes moments, and
     * then it can be ended as ever.
     */
    void end(LogLines log) {
        manager.stopping();
        try {
            started.join().close();
        } catch (CompletionException e) {
            // It did not begin, has undone what it had changed, and its thread tells why.
            return;
        }
        log.say(Level.NOTICE, "stopped; the host is as it was");
        // A signal or a command asked for it, so it is a success; the JVM's own answer would be 128 plus the signal.
        Runtime.getRuntime().halt(failed ? 1 : 0);
    }

    private static void stop() {
        // Of a thread of its own: the hook closes the socket that this was asked over.
        Thread.ofPlatform().name("exit").start(() -> System.exit(0));
    }

    /** Reads the configuration again; one that does not fit changes nothing. */
    private List<String> reload(Daemon daemon, LogLines log) {
        manager.reloading();
        List<String> said;
        try {
            said = daemon.reload(options.read());
            log.say(Level.NOTICE, "the configuration was read again");
        } catch (ConfigException e) {
            said = e.problems();
        } catch (IOException | RuntimeException e) {
            said = List.of("the configuration was not applied: " + e.getMessage());
        }
        said.forEach(line -> log.say(Level.WARNING, line));
        manager.ready(daemon.summary());
        return said;
    }
}
