package dev.braid.tools.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.socket.StreamProtocol;
import dev.braid.tools.testbed.PathSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimDemoTest {
    private static final List<PathSpec> NICS = List.of(new PathSpec("wifi", 40), new PathSpec("lte", 20));
    private static final long BYTES = 24_000_000;

    private static DemoResult run(List<PathSpec> paths, StreamProtocol protocol, Pull pull) throws Exception {
        return new SimDemo(new DemoPlan(paths, protocol, BYTES, pull, 500_000_000L, false)).run();
    }

    @ParameterizedTest
    @EnumSource(names = {"SILENCE", "DOWN", "ADDRESS"})
    void aPulledLinkCostsNoByteAndLittleTime(Pull pull) throws Exception {
        DemoResult result = run(NICS, StreamProtocol.MPTCP, pull);
        Map<String, ?> report = result.report();
        assertThat(report.get("device")).isEqualTo("sim");
        assertThat(report.get("bytes")).isEqualTo(2 * BYTES);
        assertThat(report.get("digest_match")).isEqualTo(true);
        assertThat(report.get("fallback")).isEqualTo(false);
        assertThat(result.braid().aggregation()).as("of both links' rates").isGreaterThan(0.85);
        Handover handover = result.braid().handover();
        assertThat(handover.gapNs()).isBetween(0L, 300_000_000L);
        assertThat(handover.recoveryNs()).isBetween(0L, 400_000_000L);
        assertThat(handover.returnNs()).isBetween(0L, 2_000_000_000L);
        assertThat(result.paths()).extracting(PathResult::name).containsExactly("wifi", "lte");
        assertThat(result.paths()).allSatisfy(path -> {
            assertThat(path.bytesRx()).as("both links carry").isGreaterThan(BYTES / 10);
            assertThat(path.bytesTx()).isGreaterThan(BYTES / 10);
        });
    }

    @Test
    void oneLinkWithPlainTcpIsTheFormerDemo() throws Exception {
        DemoResult result = run(NICS.subList(0, 1), StreamProtocol.TCP, Pull.NONE);
        assertThat(result.braid().digestMatch()).isTrue();
        assertThat(result.braid().aggregation()).isGreaterThan(0.85);
        assertThat(result.braid().handover()).isEqualTo(Handover.NONE);
        assertThat(result.fallback()).isFalse();
    }
}
