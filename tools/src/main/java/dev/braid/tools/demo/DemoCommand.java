package dev.braid.tools.demo;

import dev.braid.stack.socket.StreamProtocol;
import dev.braid.tools.cli.ByteCount;
import dev.braid.tools.cli.Json;
import dev.braid.tools.cli.UserError;
import dev.braid.tools.testbed.NotPossibleException;
import dev.braid.tools.testbed.PathSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code braid demo}: the main job on real input, self-contained. */
@Command(name = "demo", description = {
    "Makes a client with two NICs, wifi of 40 Mbit/s and lte of 20 Mbit/s, and a server, in network namespaces. The client is Braid on "
            + "a TUN for each NIC, the server is the Linux kernel. Downloads, uploads, takes wifi away in the middle of each and gives it "
            + "back, and compares what arrived with what was sent. Then the kernel does the same in Braid's place.",
    "Where no TUN can be opened it says why and runs the same transfer on simulated links."
}, mixinStandardHelpOptions = true, footer = {"",
    "Example:  braid demo --json",
    "          braid demo --pull down --no-kernel"})
public final class DemoCommand implements Callable<Integer> {
    private static final List<PathSpec> NICS = List.of(new PathSpec("wifi", 40), new PathSpec("lte", 20));
    private static final long MOST_AWAY_S = 60;

    @Option(names = "--json", description = "Prints the report as JSON.") private boolean json;

    @Option(names = "--sim", description = "Uses simulated links and a virtual clock instead of TUNs and the kernel.") private boolean sim;

    @Option(names = "--bytes", paramLabel = "N[k|M|G]", defaultValue = "60M", converter = ByteCount.class, description = "How much to move in each direction. Default: 60M.") private long bytes = 60 << 20;

    @Option(names = "--nics", paramLabel = "1|2", defaultValue = "2", description = "How many NICs; one is wifi alone, which is not pulled unless --pull says so. Default: 2.") private int nics = 2;

    @Option(names = "--protocol", paramLabel = "mptcp|tcp", defaultValue = "mptcp", description = "What both ends speak; tcp uses one path. Default: mptcp.") private StreamProtocol protocol = StreamProtocol.MPTCP;

    @Option(names = "--pull", paramLabel = "silence|down|address|none", description = "How wifi is taken away: packets are discarded beyond the NIC, the NIC goes down, or its address goes. Default: silence.") private @Nullable Pull pull;

    @Option(names = "--away", paramLabel = "SECONDS", defaultValue = "3", description = "For how long wifi is away. Default: 3.") private int awaySeconds = 3;

    @Option(names = "--no-kernel", description = "Leaves out the kernel's run in Braid's place.") private boolean withoutKernel;

    @Override
    public Integer call() throws IOException {
        if (nics < 1 || nics > NICS.size()) {
            throw UserError.usage("--nics " + nics + ": 1 or 2");
        }
        if (awaySeconds < 1 || awaySeconds > MOST_AWAY_S) {
            throw UserError.usage("--away " + awaySeconds + ": 1 to " + MOST_AWAY_S + " seconds");
        }
        DemoResult result = run();
        System.out.print(json ? Json.write(result.report()) + "\n" : result.receipt());
        if (!result.braid().digestMatch()) {
            throw UserError.failure("what arrived is not what was sent");
        }
        return 0;
    }

    private DemoResult run() throws IOException {
        Pull how = pull == null ? nics == 1 ? Pull.NONE : Pull.SILENCE : pull;
        var plan = new DemoPlan(NICS.subList(0, nics), protocol, bytes, how, awaySeconds * 1_000_000_000L,
                !withoutKernel);
        if (!sim) {
            try {
                return new TunDemo(plan, progress()).run();
            } catch (NotPossibleException e) {
                System.err.println("braid demo: " + e.getMessage() + "; running on simulated links instead");
            }
        }
        return new SimDemo(plan).run();
    }

    private PrintStream progress() {
        return json ? new PrintStream(OutputStream.nullOutputStream()) : System.err;
    }
}
