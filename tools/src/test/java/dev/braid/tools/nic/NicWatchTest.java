package dev.braid.tools.nic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.Prefix;
import dev.braid.tundriver.netlink.Link;
import dev.braid.tundriver.netlink.LinkAddress;
import dev.braid.tundriver.netlink.LinkEvent;
import dev.braid.tundriver.netlink.OperState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class NicWatchTest {
    private static final int UP = 1;
    private static final int CARRIER = 1 << 16;

    private final List<String> told = new ArrayList<>();
    private final NicWatch watch = new NicWatch(
            Map.of("wifi", "tun0"), (link, up) -> told.add(link + (up ? " up" : " down")));

    private static LinkEvent.LinkChanged changed(String name, int flags) {
        return new LinkEvent.LinkChanged(new Link(4, name, "", flags, 1_500, 0, OperState.UP, null));
    }

    @Test
    void theLinkFollowsItsNic() {
        watch.onEvent(changed("wifi", UP | CARRIER));
        watch.onEvent(changed("wifi", UP));
        watch.onEvent(changed("wifi", UP | CARRIER));
        watch.onEvent(changed("wifi", 0));
        assertThat(told).containsExactly("tun0 up", "tun0 down", "tun0 up", "tun0 down");
    }

    @Test
    void whatIsKnownIsNotToldAgain() {
        watch.onEvent(changed("wifi", UP | CARRIER));
        watch.onEvent(changed("wifi", UP | CARRIER | 2));
        assertThat(told).containsExactly("tun0 up");
    }

    @Test
    void otherNicsConcernNobody() {
        watch.onEvent(changed("eth9", 0));
        assertThat(told).isEmpty();
    }

    @Test
    void aNicThatDisappearsIsDown() {
        watch.onEvent(changed("wifi", UP | CARRIER));
        watch.onEvent(new LinkEvent.LinkRemoved(changed("wifi", UP | CARRIER).link()));
        assertThat(told).containsExactly("tun0 up", "tun0 down");
    }

    private static LinkAddress address(String prefix, int flags) {
        return new LinkAddress(4, Prefix.parse(prefix), flags);
    }

    @Test
    void aNicWithoutAddressesCarriesNothing() {
        watch.onEvent(changed("wifi", UP | CARRIER));
        watch.onEvent(new LinkEvent.AddressChanged(address("fe80::7/64", 0)));
        watch.onEvent(new LinkEvent.AddressChanged(address("192.0.2.7/24", 0)));
        watch.onEvent(new LinkEvent.AddressChanged(address("2001:db8::7/64", 0)));
        watch.onEvent(new LinkEvent.AddressRemoved(address("192.0.2.7/24", 0)));
        assertThat(told).as("one is left").containsExactly("tun0 up");
        watch.onEvent(new LinkEvent.AddressRemoved(address("2001:db8::7/64", 0)));
        watch.onEvent(new LinkEvent.AddressChanged(address("2001:db8::8/64", LinkAddress.IFA_F_TENTATIVE)));
        assertThat(told).containsExactly("tun0 up", "tun0 down");
        watch.onEvent(new LinkEvent.AddressChanged(address("2001:db8::8/64", 0)));
        assertThat(told).containsExactly("tun0 up", "tun0 down", "tun0 up");
    }

    @Test
    void aNicThatNeverHadAnAddressIsNotMeasuredByIt() {
        watch.onEvent(changed("wifi", UP | CARRIER));
        watch.onEvent(new LinkEvent.AddressRemoved(address("192.0.2.7/24", 0)));
        assertThat(told).containsExactly("tun0 up");
    }

    @Test
    void aStackThatHasEndedIsLeftInPeace() {
        NicWatch late = new NicWatch(Map.of("wifi", "tun0"), (link, up) -> {
            throw new IOException("the stack is closed");
        });
        late.onEvent(changed("wifi", UP));
        assertThat(told).isEmpty();
    }
}
