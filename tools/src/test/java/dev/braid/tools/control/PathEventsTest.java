package dev.braid.tools.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.mptcp.path.PathReport;
import dev.braid.stack.mptcp.path.PeerReset;
import dev.braid.stack.tcp.TcpFailure;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Events carry iproute2's names in its order, as {@code ip mptcp monitor} printed them on Linux 6.18. */
final class PathEventsTest {
    private static final IpAddress HERE = IpAddress.parse("10.0.1.1");
    private static final IpAddress THERE = IpAddress.parse("fd00::2");

    private static String line(PathReport report) {
        Map<String, Object> fields = PathEvents.fields(report);
        return String.join(" ", fields.entrySet().stream().map(Object::toString).toList());
    }

    @Test
    void aBeginningNamesBothEnds() {
        assertThat(line(new PathReport(
                PathReport.Type.CREATED, 0xf5522a77, 0, 0, HERE, 7_777, HERE, 51_692, -1, null,
                PathReport.SERVER_SIDE, null)))
                .isEqualTo("event=CREATED token=f5522a77 remid=0 locid=0 saddr4=10.0.1.1 daddr4=10.0.1.1 sport=7777"
                        + " dport=51692 flags=2");
    }

    @Test
    void anAnnouncementNamesThePeersEndAlone() {
        assertThat(line(new PathReport(
                PathReport.Type.ANNOUNCED, 0xf33040, 3, -1, null, 0, THERE, 9_001, -1, null, 0, null)))
                .isEqualTo("event=ANNOUNCED token=00f33040 remid=3 daddr6=fd00::2 dport=9001");
    }

    @Test
    void theEndOfASubflowSaysWhy() {
        assertThat(line(new PathReport(
                PathReport.Type.SF_CLOSED, 1, 3, 2, HERE, 38_217, HERE, 9_001, 0, TcpFailure.RESET, 0,
                new PeerReset(5, true))))
                .isEqualTo("event=SF_CLOSED token=00000001 remid=3 locid=2 saddr4=10.0.1.1 daddr4=10.0.1.1 sport=38217"
                        + " dport=9001 backup=0 error=104 reset_reason=5 reset_flags=0x1");
    }
}
