package dev.braid.tools.capture;

import dev.braid.tools.cli.ByteCount;
import dev.braid.tools.cli.ProcessOption;
import dev.braid.tools.cli.UserError;
import dev.braid.tools.control.ControlClient;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code braid capture}: the packets of a running stack as a pcapng file. */
@Command(name = "capture", description = "Writes the packets of a running stack to a pcapng file, an interface per link.", mixinStandardHelpOptions = true, footer = {
    "",
    "Example:  braid capture -i any --wire --comments -w trace.pcapng",
    "          tshark -r trace.pcapng -T fields -e frame.comment -e tcp.seq",
    "It runs until it gets SIGINT or SIGTERM, or as many packets or seconds as told."
})
public final class CaptureCommand implements Callable<Integer> {
    @Option(names = "-i", split = ",", paramLabel = "LINK[,LINK]|any", defaultValue = "any", description = "Which links; any unless told.") private List<String> links = List
            .of();

    @Option(names = "-w", required = true, paramLabel = "FILE", description = "The file; what is there is replaced.") private Path file = Path
            .of("");

    @Option(names = "--wire", description = "Packets as a wire carries them: checksums complete, super-frames cut. Without it, as the stack saw them.") private boolean wire;

    @Option(names = "--comments", description = "Every segment sent says why, as the packet's comment.") private boolean comments;

    @Option(names = {"-s",
        "--snaplen"}, paramLabel = "BYTES", defaultValue = "65536", description = "The most bytes to keep of a packet.") private int snaplen;

    @Option(names = {"-c",
        "--count"}, paramLabel = "N", description = "Ends after so many packets.") private long count = Long.MAX_VALUE;

    @Option(names = "--seconds", paramLabel = "N", description = "Ends after so long.") private long seconds = Long.MAX_VALUE
            / 1_000_000_000L;

    @Option(names = "--ring", paramLabel = "BYTES", defaultValue = "16M", converter = ByteCount.class, description = "Memory between stack and file, a power of two from 1M to 1G; what finds it full is counted and missing.") private long ring;

    @Mixin private ProcessOption process = new ProcessOption();

    private volatile boolean stopped;

    @Override
    public Integer call() throws IOException {
        if (snaplen < 1 || snaplen > 1 << 16 || count < 1 || seconds < 1) {
            throw UserError.usage("--snaplen is 1 to 65536, --count and --seconds at least 1");
        }
        if (!CaptureRing.isCapacity(ring)) {
            throw UserError.usage("--ring is a power of two from 1M to 1G");
        }
        var plan = new CapturePlan(file, snaplen, count, wire, comments, (int) ring);
        var ended = new CountDownLatch(1);
        try (ControlClient client = ControlClient.find(process.pid());
                CaptureSession session = CaptureSession
                        .begin(client, links.contains("any") ? List.of() : links, plan)) {
            endOnSignal(ended);
            System.err.println("braid capture: " + session.links().stream().map(CaptureLink::name)
                    .collect(Collectors.joining(", ")) + " of process " + session.pid() + " to " + file);
            long deadlineNs = seconds > Long.MAX_VALUE / 2_000_000_000L
                    ? Long.MAX_VALUE
                    : System.nanoTime() + seconds * 1_000_000_000L;
            session.run(() -> stopped || System.nanoTime() >= deadlineNs
                    || ProcessHandle.of(session.pid()).isEmpty());
            session.finish();
            System.err.println("braid capture: " + session.packets() + " packets, " + session.missing()
                    + " frames missing because the ring was full");
            if (!session.failure().isEmpty()) {
                throw UserError.failure("the stack gave the capture up before its end: " + session.failure());
            }
        } catch (FileSystemException e) {
            throw UserError.failure("cannot write " + file + ": " + (e.getReason() == null
                    ? "no such folder, or no right to"
                    : e.getReason()));
        } catch (InternalError e) {
            throw UserError.failure("cannot write " + file + ": the disk is full, or the stack's ring is gone");
        } finally {
            ended.countDown();
        }
        return 0;
    }

    /** A signal ends the capture, not the process: the file is finished first. */
    private void endOnSignal(CountDownLatch ended) {
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> {
            if (ended.getCount() > 0) {
                stopped = true;
                try {
                    ended.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                Runtime.getRuntime().halt(0);
            }
        }));
    }
}
