package dev.braid.tools.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

/** How much of the proxy one host can hold before it has said what it wants. */
final class ClientLimitsTest {
    private static final InetAddress HOG = InetAddress.ofLiteral("192.0.2.1");
    private static final InetAddress OTHER = InetAddress.ofLiteral("192.0.2.2");
    private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");

    private final ClientLimits limits = new ClientLimits();

    private int arrivals(InetAddress from) {
        int count = 0;
        while (count < 10_000 && limits.arrive(from)) {
            count++;
        }
        return count;
    }

    @Test
    void anotherHostsIncompleteRequestsLeaveRoomForTheRest() {
        assertThat(arrivals(HOG)).isEqualTo(ClientLimits.MAX_REQUESTING_EACH);
        assertThat(arrivals(OTHER)).isEqualTo(ClientLimits.MAX_REQUESTING_EACH);
        limits.requested(HOG);
        assertThat(arrivals(HOG)).isEqualTo(1);
    }

    @Test
    void thisHostMayHaveAllOfThemAndGivesThemBack() {
        assertThat(arrivals(HERE)).isEqualTo(ClientLimits.MAX_REQUESTING);
        assertThat(limits.arrive(OTHER)).isFalse();
        for (int i = 0; i < ClientLimits.MAX_REQUESTING; i++) {
            limits.requested(HERE);
        }
        assertThat(arrivals(OTHER)).isEqualTo(ClientLimits.MAX_REQUESTING_EACH);
    }
}
