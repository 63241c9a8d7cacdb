package dev.braid.stack.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.testing.Rfc;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Throughput under random loss beside what the formulas say of it; they take loss to come at even distances, so not to the percent. */
@Tag("golden")
class TheoryTest {
    private static final int RTT_MS = 300;
    private static final double LOSS = 0.001;
    private static final Bottleneck PATH = new Bottleneck(10, RTT_MS, LOSS * 100);

    private static double share(double window) {
        return window * Bottleneck.PAYLOAD / (RTT_MS / 1e3) / PATH.ceilingBytesPerSecond();
    }

    /** "BW = (MSS/RTT) · sqrt(3/2) / sqrt(p)" (Mathis, Semke, Mahdavi and Ott, 1997). */
    @Test
    void renoReachesWhatMathisSays() {
        double expected = share(Math.sqrt(1.5 / LOSS));
        assertThat(new GoodputCell(PATH, "reno").run().settled()).isCloseTo(expected, Percentage.withPercentage(25));
    }

    /** "AVG_W_cubic = ((C·(3+β)) / (4·(1-β)))^(1/4) · RTT^(3/4) / p^(3/4)" (RFC 9438 section 5.1, equation 5). */
    @Test
    @Rfc({"9438", "5.1"})
    void cubicReachesWhatItsFormulaSays() {
        double window = Math.pow(0.4 * 3.7 / (4 * 0.3), 0.25) * Math.pow(RTT_MS / 1e3 / LOSS, 0.75);
        assertThat(new GoodputCell(PATH, "cubic").run().settled())
                .isCloseTo(share(window), Percentage.withPercentage(40));
    }
}
