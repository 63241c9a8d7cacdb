package dev.braid.tools.drill;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code braid drill}: the endpoint that an unmodified packetdrill drives through its adaptor. */
@Command(name = "drill", description = "Lets packetdrill scripts drive the stack: system calls come by one Unix socket, packets by another.", mixinStandardHelpOptions = true, footer = {
    "",
    "Example:  braid drill --calls /tmp/calls --wire /tmp/wire",
    "Each client is a fresh host. It runs until it gets SIGINT or SIGTERM, and removes the sockets then."
})
public final class DrillCommand implements Callable<Integer> {
    /** Whose time it is. */
    enum Clock {
        VIRTUAL, REAL
    }

    @Option(names = "--calls", required = true, paramLabel = "PATH", description = "Where to listen for system calls.") private Path calls = Path
            .of("");

    @Option(names = "--wire", required = true, paramLabel = "PATH", description = "Where to listen for packets.") private Path wire = Path
            .of("");

    @Option(names = "--clock", paramLabel = "CLOCK", defaultValue = "virtual", description = "virtual (the client tells the time; the default) or real.") private Clock clock = Clock.VIRTUAL;

    @Override
    public Integer call() throws IOException {
        var ended = new CountDownLatch(1);
        try (var endpoint = new Endpoint(calls, wire, clock == Clock.VIRTUAL, System.err)) {
            Runtime.getRuntime()
                    .addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> stop(endpoint, ended)));
            System.out.println("braid drill: " + calls + " and " + wire + ": ready");
            endpoint.run();
        } finally {
            ended.countDown();
        }
        return 0;
    }

    private static void stop(Endpoint endpoint, CountDownLatch ended) {
        endpoint.stop();
        try {
            ended.await();
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
        // A signal asked for it, so it is a success; the JVM's own answer would be 128 plus the signal.
        Runtime.getRuntime().halt(0);
    }
}
