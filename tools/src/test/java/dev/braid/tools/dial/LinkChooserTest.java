package dev.braid.tools.dial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.tools.host.Goal;
import dev.braid.tools.host.LinkUse;
import dev.braid.tools.host.LinkView;
import dev.braid.tools.host.Role;
import dev.braid.tools.host.Target;
import dev.braid.tools.host.TestLinks;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which link is the first. */
final class LinkChooserTest {
    private static final Target SERVER = new Target("server.test", 443, "");
    private static final Target OTHER = new Target("other.test", 443, "");
    private static final LinkView ETH = TestLinks.link(0, "eth0", Role.PRIMARY, LinkUse.USED, 30);
    private static final LinkView WLAN = TestLinks.link(1, "wlan0", Role.PRIMARY, LinkUse.USED, 20);
    private static final LinkView LTE = TestLinks.link(2, "lte0", Role.BACKUP, LinkUse.STANDBY, 10);

    private final PlainServers servers = new PlainServers();
    private final LinkChooser chooser = new LinkChooser(servers);

    private List<String> order(Target target, Goal goal, LinkView... links) {
        return chooser.order(List.of(links), target, goal, 0).stream().map(LinkView::nic).toList();
    }

    @Test
    void roleComesBeforeRoundTripTime() {
        assertThat(order(SERVER, Goal.AGGREGATE, ETH, LTE, WLAN)).containsExactly("wlan0", "eth0", "lte0");
    }

    @Test
    void handoverKeepsThePreferredOrder() {
        assertThat(order(SERVER, Goal.HANDOVER, ETH, WLAN, LTE)).containsExactly("eth0", "wlan0", "lte0");
    }

    @Test
    void suspectsAreLastAndUnusableOnesNowhere() {
        LinkView suspect = TestLinks.link(0, "eth0", Role.PRIMARY, LinkUse.SUSPECT, 1);
        LinkView off = TestLinks.link(3, "usb0", Role.OFF, LinkUse.OFF, 1);
        assertThat(order(SERVER, Goal.AGGREGATE, suspect, off, LTE)).containsExactly("lte0", "eth0");
    }

    @Test
    void aSuspectIsLookedAtAgainOnceInTenSeconds() {
        LinkView suspect = TestLinks.link(0, "eth0", Role.PRIMARY, LinkUse.SUSPECT, 1);
        List<LinkView> order = chooser.order(List.of(suspect, WLAN), SERVER, Goal.AGGREGATE, 0);
        assertThat(order).containsExactly(WLAN, suspect);
        assertThat(chooser.lookAgain(order, WLAN, true, 0)).isEqualTo(suspect);
        assertThat(chooser.lookAgain(order, WLAN, true, 9_999_999_999L)).isNull();
        assertThat(chooser.lookAgain(order, WLAN, true, 10_000_000_000L)).isEqualTo(suspect);
        assertThat(chooser.lookAgain(order, suspect, true, 60_000_000_000L)).as("it is tried anyway").isNull();
    }

    @Test
    void aSuspectWithoutTheFamilyKeepsItsTurn() {
        LinkView suspect = TestLinks.ipv4Only(2, "lte0", LinkUse.SUSPECT);
        List<LinkView> order = chooser.order(List.of(suspect, WLAN), SERVER, Goal.AGGREGATE, 0);
        assertThat(chooser.lookAgain(order, WLAN, false, 0)).isNull();
        assertThat(chooser.lookAgain(order, WLAN, true, 0)).isEqualTo(suspect);
    }

    @Test
    void goalsOfOneLinkAreNotSpreadOverPlainServers() throws IOException {
        servers.note(SERVER, 0, false, 0);
        servers.note(SERVER, 1, false, 0);
        try (SocketChannel channel = SocketChannel.open()) {
            chooser.beganPlain(1, channel);
            assertThat(order(SERVER, Goal.AGGREGATE, ETH, WLAN)).containsExactly("eth0", "wlan0");
            assertThat(order(SERVER, Goal.LATENCY, ETH, WLAN)).containsExactly("wlan0", "eth0");
            chooser.beganPlain(0, channel);
            assertThat(order(SERVER, Goal.HANDOVER, ETH, WLAN)).containsExactly("eth0", "wlan0");
        }
    }

    @Test
    void aLinkThatStripsMultipathTcpIsLastForEveryServer() {
        servers.note(SERVER, 1, false, 0);
        assertThat(order(SERVER, Goal.AGGREGATE, ETH, WLAN)).as("perhaps it is the link").containsExactly("eth0",
                "wlan0");
        assertThat(order(OTHER, Goal.AGGREGATE, ETH, WLAN)).as("perhaps it is the server").containsExactly("wlan0",
                "eth0");
        servers.note(SERVER, 0, true, 0);
        assertThat(order(OTHER, Goal.AGGREGATE, ETH, WLAN)).as("it is the link").containsExactly("eth0", "wlan0");
        assertThat(order(new Target("other.test", 80, ""), Goal.AGGREGATE, ETH, WLAN))
                .as("another port, which no box may care for")
                .containsExactly("wlan0", "eth0");
    }

    @Test
    void serversOfBothKindsBehindOneNameAreNotBlamedOnTheLink() {
        servers.note(SERVER, 1, false, 0);
        servers.note(SERVER, 0, true, 0);
        assertThat(servers.strips(1, 0)).isTrue();
        servers.note(OTHER, 1, true, 0);
        assertThat(servers.strips(1, 0)).as("another server speaks it there").isFalse();
    }

    @Test
    void connectionsToAPlainServerAreSpread() throws IOException {
        var channels = new ArrayList<SocketChannel>();
        var first = new ArrayList<String>();
        for (int i = 0; i < 4; i++) {
            LinkView link = chooser.order(List.of(ETH, WLAN, LTE), SERVER, Goal.AGGREGATE, 0).getFirst();
            SocketChannel channel = SocketChannel.open();
            channels.add(channel);
            servers.note(SERVER, link.index(), false, 0);
            chooser.beganPlain(link.index(), channel);
            first.add(link.nic());
        }
        assertThat(first).containsExactly("wlan0", "eth0", "wlan0", "eth0");
        channels.get(1).close();
        assertThat(order(SERVER, Goal.AGGREGATE, ETH, WLAN)).as("the one with fewer").containsExactly("eth0", "wlan0");
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }

    @Test
    void whatIsKnownIsForgotten() {
        servers.note(SERVER, 0, false, 0);
        assertThat(servers.over(SERVER, 0, 3_600_000_000_000L)).isEqualTo(PlainServers.Speaks.PLAIN);
        assertThat(servers.over(SERVER, 0, 3_600_000_000_001L)).isEqualTo(PlainServers.Speaks.UNKNOWN);
    }

    @Test
    void memoryIsBounded() {
        int most = 0;
        for (int i = 0; i < 10_000; i++) {
            servers.note(new Target("host" + i, 1, ""), 0, false, 0);
            most = Math.max(most, servers.size());
        }
        assertThat(most).isEqualTo(4_096);
        assertThat(servers.over(new Target("host9999", 1, ""), 0, 0)).isEqualTo(PlainServers.Speaks.PLAIN);
    }
}
