package dev.braid.tools.demo;

import dev.braid.stack.socket.StreamProtocol;
import dev.braid.tools.cli.ByteCount;
import dev.braid.tools.cli.Json;
import dev.braid.tools.cli.UserError;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code braid demo}: the main job on real input, self-contained. */
@Command(name = "demo", description = {
    "Makes two hosts in network namespaces, joined by a link of 40 Mbit/s. One runs Braid on a TUN, the other is the "
            + "Linux kernel's TCP. Downloads, uploads, and compares what arrived with what was sent.",
    "Where no TUN can be opened it says why and runs the same transfer on a simulated link."
}, mixinStandardHelpOptions = true, footer = {"", "Example:  braid demo --json"})
public final class DemoCommand implements Callable<Integer> {
    private static final int MBIT = 40;

    @Option(names = "--json", description = "Prints the report as JSON.") private boolean json;

    @Option(names = "--sim", description = "Uses a simulated link and a virtual clock instead of a TUN and the kernel.") private boolean sim;

    @Option(names = "--bytes", paramLabel = "N[k|M|G]", defaultValue = "20M", converter = ByteCount.class, description = "How much to move in each direction. Default: 20M.") private long bytes = 20 << 20;

    @Option(names = "--nics", paramLabel = "1", defaultValue = "1", description = "How many links. This version has one.") private int nics = 1;

    @Option(names = "--protocol", paramLabel = "tcp", defaultValue = "tcp", description = "This version speaks plain TCP.") private StreamProtocol protocol = StreamProtocol.TCP;

    @Override
    public Integer call() throws IOException {
        if (nics != 1) {
            throw UserError.usage("--nics " + nics + ": this version moves data over one link; use --nics 1");
        }
        if (protocol != StreamProtocol.TCP) {
            throw UserError.usage("--protocol mptcp: this version speaks plain TCP; use --protocol tcp");
        }
        DemoResult result = run();
        System.out.print(json ? Json.write(result.report()) + "\n" : result.receipt());
        if (!result.digestMatch()) {
            throw UserError.failure("what arrived is not what was sent");
        }
        return 0;
    }

    private DemoResult run() throws IOException {
        if (!sim) {
            try {
                return new TunDemo(MBIT, bytes, progress()).run();
            } catch (Testbed.NotPossible e) {
                System.err.println("braid demo: " + e.getMessage() + "; running on a simulated link instead");
            }
        }
        return new SimDemo(MBIT, bytes).run();
    }

    private PrintStream progress() {
        return json ? new PrintStream(OutputStream.nullOutputStream()) : System.err;
    }
}
