package dev.braid.tools.doctor;

import dev.braid.tools.cli.Json;
import dev.braid.tools.control.ControlClient;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code braid doctor}: says what keeps this host's links from being used, and what to do about it. */
@Command(name = "doctor", description = "Says what keeps this host's links from being used, and what to do about it.", mixinStandardHelpOptions = true, footer = {
    "",
    "Each line is ok, warning or problem; what it is about; what was found; and, behind an arrow, the remedy.",
    "Exit status 1 when there is a problem. Without a daemon it looks at what a daemon would need.",
    "Boxes that strip Multipath TCP, and ways that swallow large packets, are looked for over each link to doctor.server."
})
public final class DoctorCommand implements Callable<Integer> {
    @Option(names = "--json", description = "One JSON object.") private boolean json;

    @Parameters(arity = "0..1", paramLabel = "LINK", description = "Only this link and the host.") private @Nullable String link;

    @Override
    public Integer call() {
        DoctorReport report = examine();
        if (link != null) {
            report = report.about(link);
        }
        if (json) {
            System.out.println(Json.write(report.map()));
        } else {
            report.findings().forEach(finding -> System.out.println(finding.line()));
        }
        return report.hasProblem() ? 1 : 0;
    }

    private static DoctorReport examine() {
        try (ControlClient daemon = ControlClient.findDaemon()) {
            if (daemon != null) {
                return DoctorReport.of(daemon.ask("doctor", Map.of()));
            }
        }
        return new Doctor(new LiveFacts(null)).examine();
    }
}
