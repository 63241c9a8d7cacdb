package dev.braid.tools.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.tools.host.LinkUse;
import dev.braid.tools.host.LinkView;
import dev.braid.tools.host.Role;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WayTest {
    private static final LinkView WLAN = link(0, "wlan0", LinkUse.USED, "192.168.1.0/24");
    private static final LinkView LTE = link(1, "lte0", LinkUse.USED, "10.64.0.0/16");

    private static LinkView link(int index, String nic, LinkUse use, String network) {
        return link(index, nic, Role.PRIMARY, use, network, 0);
    }

    private static LinkView link(int index, String nic, Role role, LinkUse use, String network, long srttNs) {
        IpAddress v4 = IpAddress.parse("198.19.77." + (4 * index + 2));
        return new LinkView(index, nic, "braid" + index, role, use, "", v4, null, List.of(Prefix.parse(network)), 1500,
                false, srttNs);
    }

    private static List<String> ways(List<String> servers, LinkView... links) {
        return Way.all(
                servers.stream().map(text -> new DnsServer(IpAddress.parse(text), 53)).toList(),
                List.of(links),
                remote -> remote.toString().startsWith("10.9.") ? "by wg0" : "")
                .stream()
                .map(Way::toString)
                .toList();
    }

    @Test
    void eachWayChangesServerAndLink() {
        assertThat(ways(List.of("192.0.2.1", "192.0.2.2"), WLAN, LTE)).containsExactly(
                "192.0.2.1 over wlan0", "192.0.2.2 over lte0", "192.0.2.1 over lte0", "192.0.2.2 over wlan0");
    }

    @Test
    void theBestLinkIsAskedFirst() {
        LinkView near = link(2, "eth0", Role.PRIMARY, LinkUse.USED, "172.16.0.0/24", 5);
        LinkView far = link(3, "eth1", Role.PRIMARY, LinkUse.USED, "172.17.0.0/24", 30);
        LinkView spare = link(4, "usb0", Role.BACKUP, LinkUse.STANDBY, "172.18.0.0/24", 1);
        assertThat(ways(List.of("192.0.2.1"), spare, WLAN, far, near)).containsExactly(
                "192.0.2.1 over eth0", "192.0.2.1 over eth1", "192.0.2.1 over wlan0", "192.0.2.1 over usb0");
    }

    @Test
    void aServerInALinksNetworkIsAskedOverThatLinkOnly() {
        assertThat(ways(List.of("10.64.0.1", "192.0.2.2"), WLAN, LTE))
                .containsExactly("10.64.0.1 over lte0", "192.0.2.2 over lte0", "192.0.2.2 over wlan0");
    }

    @Test
    void thisHostsServerAndThatOfAVpnAreAskedByTheKernel() {
        assertThat(ways(List.of("127.0.0.1", "10.9.0.1"), WLAN, LTE)).containsExactly("127.0.0.1", "10.9.0.1");
    }

    @Test
    void linksThatStaySilentComeLastAndUnusableOnesNever() {
        LinkView silent = link(2, "eth0", LinkUse.SUSPECT, "172.16.0.0/24");
        LinkView off = link(3, "usb0", LinkUse.NO_ROUTE, "172.17.0.0/24");
        assertThat(ways(List.of("192.0.2.1"), silent, off, LTE))
                .containsExactly("192.0.2.1 over lte0", "192.0.2.1 over eth0");
        assertThat(ways(List.of("192.0.2.1"), off)).as("no link at all").containsExactly("192.0.2.1");
        assertThat(ways(List.of("2001:db8::1"), LTE)).as("no IPv6").containsExactly("2001:db8::1");
    }

    @Test
    void noMoreThanTwelveWaysAreTried() {
        LinkView[] many = Stream.iterate(0, i -> i + 1)
                .limit(8)
                .map(i -> link(i, "nic" + i, LinkUse.USED, "172.16." + i + ".0/24"))
                .toArray(LinkView[]::new);
        assertThat(ways(List.of("192.0.2.1", "192.0.2.2", "192.0.2.3"), many)).hasSize(12).doesNotHaveDuplicates();
    }
}
