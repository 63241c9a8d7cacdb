package dev.braid.tools.emu;

import dev.braid.tools.cli.Json;
import dev.braid.tools.cli.UserError;
import java.io.PrintStream;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code braid link-emu}: the simulator's link between two TUNs or two Ethernet devices. */
@Command(name = "link-emu", modelTransformer = ImpairmentOptions.class, description = "Joins two devices by an emulated link: rate, delay, loss and the rest, decided by a seed. "
        + "It works on packets of wire size: super-frames are cut first.", mixinStandardHelpOptions = true, sortOptions = false, footer = {
            "",
            "Every option from --rate to --middlebox also exists for one direction: --ab.rate, --ba.loss …",
            "Example:  braid link-emu --a tun=ta,address=10.78.0.1/24,netns=left --b tun=tb,address=10.78.0.2/24,netns=right \\",
            "              --rate 40mbit --queue 100kB --delay 20ms --ab.loss 1%% --seed 7",
            "It runs until SIGINT, SIGTERM or --seconds, and then reports."
        })
public final class LinkEmuCommand implements Callable<Integer> {
    private static final int MAX_SECONDS = 86_400;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--a", required = true, order = -9, paramLabel = "tun=NAME[,address=ADDRESS/LENGTH][,netns=NAME]", converter = LinkEnd.Converter.class, description = "One end: a TUN (used if it is there, else made and given the host's addresses), or with veth=NAME an Ethernet "
            + "device, whose whole frames pass. netns is a name of \"ip netns\" or a path.") private @Nullable LinkEnd a;

    @Option(names = "--b", required = true, order = -8, paramLabel = "tun=NAME[,…]", converter = LinkEnd.Converter.class, description = "The other end, of the same kind.") private @Nullable LinkEnd b;

    @Option(names = "--nat", order = 90, paramLabel = "timeout=TIME[,inside=a|b][,address=ADDRESS[+ADDRESS]]", converter = NatPlan.Converter.class, description = "A NAT that forgets what was silent for so long; without an address it changes ports alone.") private @Nullable NatPlan nat;

    @Option(names = "--seed", order = 91, paramLabel = "N", defaultValue = "1", description = "Decides all that is random: the same packets meet the same fates. Default: 1.") private long seed = 1;

    @Option(names = "--seconds", order = 92, paramLabel = "N", description = "Ends after so long. Default: runs until it is told to end.") private int seconds;

    @Option(names = "--stats", order = 93, paramLabel = "SECONDS", description = "A line for each direction every so many seconds.") private int statsSeconds;

    @Option(names = "--json", order = 94, description = "Prints the report at the end as JSON.") private boolean json;

    @Override
    public Integer call() throws Exception {
        LinkEnd first = a;
        LinkEnd second = b;
        if (first == null || second == null || isSame(first, second)) {
            throw new ParameterException(spec.commandLine(), "--a and --b are the same device");
        }
        if (seconds < 0 || seconds > MAX_SECONDS || statsSeconds < 0 || statsSeconds > MAX_SECONDS) {
            throw new ParameterException(spec.commandLine(), "--seconds and --stats are 1 to " + MAX_SECONDS);
        }
        var plan = new LinkPlan(ImpairmentOptions.ab(spec), ImpairmentOptions.ba(spec),
                ImpairmentOptions.abBoxes(spec), ImpairmentOptions.baBoxes(spec), nat, seed);
        // What goes on is told on standard error when standard output is for a program.
        PrintStream talk = json ? System.err : System.out;
        LinkEmulator emulator = LinkEmulator.start(first, second, plan);
        var report = new EmulatorReport(emulator.counters());
        Runnable end = once(() -> {
            emulator.close();
            if (json) {
                System.out.println(Json.write(report.asMap()));
            } else {
                report.print(System.out);
            }
            System.out.flush();
        });
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> {
            end.run();
            // A signal asked for it, so it is a success; the JVM's own answer would be 128 plus the signal.
            Runtime.getRuntime().halt(0);
        }));
        talk.printf("braid link-emu: %s to %s, seed %d: ready%n", first.device(), second.device(), seed);
        boolean failed = run(emulator, report, talk);
        end.run();
        if (failed) {
            throw UserError.failure("the link has failed: " + emulator.ended().exceptionNow());
        }
        return 0;
    }

    private static boolean isSame(LinkEnd one, LinkEnd other) {
        return one.device().equals(other.device()) && Objects.equals(one.namespace(), other.namespace());
    }

    private static Runnable once(Runnable work) {
        var done = new AtomicBoolean();
        return () -> {
            if (done.compareAndSet(false, true)) {
                work.run();
            }
        };
    }

    /** Waits for the end; answers whether the emulator came to one by itself. */
    private boolean run(LinkEmulator emulator, EmulatorReport report, PrintStream talk) throws InterruptedException {
        var failed = new CountDownLatch(1);
        var unused = emulator.ended().whenComplete((nothing, cause) -> failed.countDown());
        long leftMs = seconds == 0 ? Long.MAX_VALUE : TimeUnit.SECONDS.toMillis(seconds);
        while (leftMs > 0) {
            long waitMs = statsSeconds == 0 ? leftMs : Math.min(leftMs, TimeUnit.SECONDS.toMillis(statsSeconds));
            if (failed.await(waitMs, TimeUnit.MILLISECONDS)) {
                return emulator.ended().isCompletedExceptionally();
            }
            leftMs -= leftMs == Long.MAX_VALUE ? 0 : waitMs;
            if (statsSeconds != 0) {
                report.printLines(talk);
            }
        }
        return false;
    }
}
