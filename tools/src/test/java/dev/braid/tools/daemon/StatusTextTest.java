package dev.braid.tools.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.tundriver.netlink.LinkStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The numbers of {@code braid status} and how people see them. */
class StatusTextTest {
    @Test
    void roundTripsAreWeightedByBytesAndLossIsWhatWasSentAgain() {
        var health = new PathHealth();
        health.add(2_000, 30, 999, 10_000_000);
        health.add(900, 10, 99, 50_000_000);
        health.add(100, 0, 0, 0);
        var report = new HashMap<String, Object>();
        health.report(report);
        assertThat(report).containsEntry("subflows", 3).containsEntry("rtt_ms", 20.0).containsEntry("loss", 0.01333);
    }

    @Test
    void withoutConnectionsThereIsNeitherRoundTripNorLoss() {
        var report = new HashMap<String, Object>();
        new PathHealth().report(report);
        assertThat(report).containsEntry("rtt_ms", null).containsEntry("loss", null).containsEntry("subflows", 0);
    }

    @Test
    void whatTheKernelSendsToATunCameIn() {
        var rates = new LinkRates();
        rates.sample(statistics(1_000, 5_000), 0);
        rates.sample(statistics(2_000, 130_000), 1_000_000_000L);
        assertThat(rates.rxMbit()).isEqualTo(1.0);
        assertThat(rates.txMbit()).isEqualTo(0.008);
        assertThat(rates.rxBytes()).isEqualTo(130_000);
        assertThat(rates.txBytes()).isEqualTo(2_000);
    }

    @Test
    void whoAsksTwiceAtOnceSeesTheSameRatesAndTheNewestBytes() {
        var rates = new LinkRates();
        rates.sample(statistics(0, 0), 0);
        rates.sample(statistics(0, 125_000), 1_000_000_000L);
        rates.sample(statistics(0, 126_500), 1_001_000_000L);
        assertThat(rates.rxMbit()).isEqualTo(1.0);
        assertThat(rates.rxBytes()).isEqualTo(126_500);
        rates.sample(statistics(0, 375_000), 2_000_000_000L);
        assertThat(rates.rxMbit()).isEqualTo(2.0);
    }

    private static LinkStatistics statistics(long rxBytes, long txBytes) {
        return new LinkStatistics(0, 0, rxBytes, txBytes, 0, 0, 0, 0);
    }

    @Test
    void aPersonSeesEachLinkWithTheReason() {
        var link = new HashMap<String, Object>(Map.of("name", "wlan0", "role", "backup", "rx_mbit_s", 1.5, "tx_mbit_s",
                0.25, "rtt_ms", 12.5, "loss", 0.015, "why", "stands by as a backup"));
        String text = StatusText.of(Map.of("daemon", Map.of("pid", 7, "since", "2026-01-01T00:00:00Z"), "goal",
                "aggregate", "links", List.of(link), "connections", List.of()));
        assertThat(text).isEqualTo("""
                process 7 since 2026-01-01T00:00:00Z, goal aggregate
                wlan0           backup   in 1.5 Mbit/s, out 0.25 Mbit/s, rtt 12.5 ms, loss 1.50 %  stands by as a backup
                """);
    }
}
