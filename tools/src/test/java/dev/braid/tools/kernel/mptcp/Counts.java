package dev.braid.tools.kernel.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;

/** What the counters of a host must say. */
final class Counts {
    /** What is counted where something went wrong, or was given up. */
    private static final List<String> TROUBLE = List.of(
            "MPCapableFallbackACK", "MPCapableFallbackSYNACK", "MPCapableDataFallback", "MPFallbackTokenInit",
            "MPJoinNoTokenFound", "MPJoinSynAckHMacFailure", "MPJoinAckHMacFailure", "MPJoinRejected", "DSSNotMatching",
            "DSSNoMatchTCP", "DSSCorruptionFallback", "DSSCorruptionReset", "DataCsumErr", "DssFallback",
            "FallbackFailed", "InfiniteMapTx", "InfiniteMapRx", "MPFailTx", "MPFailRx", "RmAddrDrop");

    private Counts() {}

    static void counted(Host host, String counter, long times) throws IOException {
        assertThat(host.counter(counter)).as("%s at %s", counter, host).isEqualTo(times);
    }

    static void countedAtLeastOnce(Host host, String counter) throws IOException {
        assertThat(host.counter(counter)).as("%s at %s", counter, host).isPositive();
    }

    static void awaitCount(Host host, String counter, long times) throws Exception {
        TwoPaths.await(counter + " at " + host + " is " + times, () -> host.counter(counter) == times);
    }

    /** An announcement is said again when its echo is late (RFC 8684 section 3.4.1), as on a busy machine; one join is for all of them. */
    static void saidAndHeard(Host from, Host to) throws IOException {
        countedAtLeastOnce(from, "MPTcpExtAddAddrTx");
        countedAtLeastOnce(to, "MPTcpExtAddAddr");
        assertThat(to.counter("MPTcpExtAddAddr")).as("announcements heard").isLessThanOrEqualTo(
                from.counter("MPTcpExtAddAddrTx"));
    }

    /** Nothing went wrong between these, as the first counts. */
    static void noTrouble(Host host, Host peer) throws IOException {
        for (String counter : TROUBLE) {
            counted(host, "MPTcpExt" + counter, 0);
        }
        // The kernel sends beyond the window at times, to itself too.
        if (peer instanceof BraidHost) {
            counted(host, "MPTcpExtNoDSSInWindow", 0);
        }
    }
}
