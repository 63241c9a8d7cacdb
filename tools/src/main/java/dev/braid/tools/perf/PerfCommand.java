package dev.braid.tools.perf;

import dev.braid.stack.Stack;
import dev.braid.tools.cli.HostPort;
import dev.braid.tools.cli.Json;
import dev.braid.tools.perf.PerfTest.PerfResult;
import dev.braid.tools.running.RunningStack;
import dev.braid.tools.running.StackOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code braid perf}: measures a transfer over a stack of its own, in netperf's words. */
@Command(name = "perf", description = "Runs a stack on TUN devices and measures one connection to a peer.", mixinStandardHelpOptions = true, footer = {
    "",
    "Example:  braid perf --link tun=tun0,address=10.77.0.2/24 --to 10.77.0.1:9 --test stream --seconds 3",
    "stream needs a discard service at the other end, maerts a chargen service, rr and crr an echo service."
})
public final class PerfCommand implements Callable<Integer> {
    private static final int MAX_SECONDS = 3600;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private StackOptions options = new StackOptions();

    @Option(names = "--to", required = true, paramLabel = "HOST:PORT", converter = HostPort.class, description = "The service to measure against.") private InetSocketAddress to = new InetSocketAddress(
            9);

    @Option(names = "--test", paramLabel = "stream|maerts|rr|crr", defaultValue = "stream", description = "stream sends, maerts receives, rr is a one-byte request and response on one connection, crr "
            + "connects each time.") private PerfTest test = PerfTest.STREAM;

    @Option(names = "--seconds", paramLabel = "N", defaultValue = "10", description = "How long, 1 to 3600. Default: 10.") private int seconds = 10;

    @Option(names = "--json", description = "Prints the report as JSON.") private boolean json;

    @Override
    public Integer call() throws IOException {
        if (seconds < 1 || seconds > MAX_SECONDS) {
            throw new ParameterException(spec.commandLine(), "--seconds is 1 to 3600, not " + seconds);
        }
        var result = new PerfResult();
        try (RunningStack running = options.start()) {
            Stack stack = running.stack();
            long cpuBefore = processCpuNs();
            test.run(stack, to, TimeUnit.SECONDS.toNanos(seconds), result);
            report(result, processCpuNs() - cpuBefore, stack.counters().value("TcpRetransSegs"));
        }
        return 0;
    }

    private void report(PerfResult result, long cpuNs, long retransmits) {
        var report = new LinkedHashMap<String, Object>();
        double elapsed = result.elapsedNs / 1e9;
        report.put("test", test.label());
        report.put("seconds", Json.round(elapsed, 3));
        if (test.isTransactional()) {
            report.put("transactions", result.transactions);
            report.put("transactions_s", Json.round(result.transactions / elapsed, 1));
            var rtt = new LinkedHashMap<String, Object>();
            rtt.put("p50", microseconds(result, 50));
            rtt.put("p90", microseconds(result, 90));
            rtt.put("p99", microseconds(result, 99));
            rtt.put("p999", microseconds(result, 99.9));
            report.put("rtt_us", rtt);
        } else {
            report.put("bytes", result.bytes);
            report.put("mbit_s", Json.round(result.bytes * 8 / elapsed / 1e6, 1));
        }
        report.put("cpu_s", Json.round(cpuNs / 1e9, 3));
        report.put("retransmits", retransmits);
        if (json) {
            System.out.println(Json.write(report));
        } else {
            report.forEach((key, value) -> System.out.printf("%-16s %s%n", key, value));
        }
    }

    private static double microseconds(PerfResult result, double percentile) {
        return Json.round(result.rtt.getValueAtPercentile(percentile) / 1e3, 1);
    }

    private static long processCpuNs() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return system.getProcessCpuTime();
    }
}
