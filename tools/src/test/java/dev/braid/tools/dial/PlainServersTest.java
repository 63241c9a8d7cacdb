package dev.braid.tools.dial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.tools.dial.PlainServers.Speaks;
import dev.braid.tools.host.Target;
import org.junit.jupiter.api.Test;

/** What servers spoke, and what that says of the links between. */
final class PlainServersTest {
    private static final long HOUR_NS = 3_600_000_000_000L;
    private static final Target ONE = new Target("one.test", 443, "");
    private static final Target OTHER = new Target("other.test", 443, "");
    private static final Target MAIL = new Target("one.test", 25, "");

    private final PlainServers servers = new PlainServers();

    @Test
    void whatAServerSpokeIsKnownOfTheLinkThatItWasAskedOver() {
        servers.note(ONE, 0, false, 0);
        assertThat(servers.over(ONE, 0, 1)).isEqualTo(Speaks.PLAIN);
        assertThat(servers.over(ONE, 1, 1)).isEqualTo(Speaks.UNKNOWN);
        assertThat(servers.over(OTHER, 0, 1)).isEqualTo(Speaks.UNKNOWN);
        assertThat(servers.over(MAIL, 0, 1)).as("another port").isEqualTo(Speaks.UNKNOWN);
        assertThat(servers.isMultipath(ONE, 1)).isFalse();
        servers.note(ONE, 1, true, 1);
        assertThat(servers.over(ONE, 1, 1)).isEqualTo(Speaks.MULTIPATH);
        assertThat(servers.isMultipath(ONE, 1)).isTrue();
    }

    @Test
    void anHourIsRememberedAndNoMore() {
        servers.note(ONE, 0, false, 0);
        servers.note(ONE, 1, true, 0);
        assertThat(servers.over(ONE, 0, HOUR_NS)).isEqualTo(Speaks.PLAIN);
        assertThat(servers.strips(0, HOUR_NS)).isTrue();
        assertThat(servers.strips(0, HOUR_NS + 1)).isFalse();
        assertThat(servers.over(ONE, 0, HOUR_NS + 1)).isEqualTo(Speaks.UNKNOWN);
        assertThat(servers.size()).isZero();
    }

    @Test
    void aLinkThatOneServerIsPlainOverAndAnotherLinkIsNotStrips() {
        servers.note(ONE, 0, false, 0);
        assertThat(servers.strips(0, 0)).as("the server may be plain").isFalse();
        servers.note(ONE, 1, true, 0);
        assertThat(servers.strips(0, 0)).isTrue();
        assertThat(servers.strips(0, 443, 0)).isTrue();
        assertThat(servers.strips(1, 0)).isFalse();
        assertThat(servers.strips(0, 25, 0)).as("a box may look at some ports alone").isFalse();
    }

    @Test
    void aLinkThatLetsMultipathTcpThroughToThatPortDoesNotStripIt() {
        servers.note(ONE, 0, false, 0);
        servers.note(ONE, 1, true, 0);
        servers.note(OTHER, 0, true, 0);
        assertThat(servers.strips(0, 0)).as("the name has servers of both kinds").isFalse();
        servers.note(MAIL, 0, false, 0);
        servers.note(MAIL, 1, true, 0);
        assertThat(servers.strips(0, 25, 0)).as("of mail it does").isTrue();
        assertThat(servers.strips(0, 443, 0)).isFalse();
        assertThat(servers.strips(0, 0)).as("of some port").isTrue();
    }

    @Test
    void theServerUnusedForLongestMakesRoom() {
        servers.note(ONE, 0, false, 0);
        for (int i = 1; i < 4_096; i++) {
            servers.note(new Target("n" + i + ".test", 443, ""), 0, false, 0);
        }
        assertThat(servers.over(ONE, 0, 0)).as("which is a use").isEqualTo(Speaks.PLAIN);
        servers.note(OTHER, 0, false, 0);
        assertThat(servers.size()).isEqualTo(4_096);
        assertThat(servers.over(ONE, 0, 0)).isEqualTo(Speaks.PLAIN);
        assertThat(servers.over(new Target("n1.test", 443, ""), 0, 0)).isEqualTo(Speaks.UNKNOWN);
    }
}
