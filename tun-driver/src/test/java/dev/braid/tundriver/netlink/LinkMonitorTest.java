package dev.braid.tundriver.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.tundriver.Kernel;
import dev.braid.tundriver.netlink.LinkEvent.AddressChanged;
import dev.braid.tundriver.netlink.LinkEvent.AddressRemoved;
import dev.braid.tundriver.netlink.LinkEvent.LinkChanged;
import dev.braid.tundriver.netlink.LinkEvent.LinkRemoved;
import dev.braid.tundriver.netlink.LinkEvent.RouteAdded;
import dev.braid.tundriver.netlink.LinkEvent.RouteRemoved;
import dev.braid.tundriver.netlink.LinkEvent.RuleAdded;
import dev.braid.tundriver.netlink.LinkEvent.RuleRemoved;
import dev.braid.tundriver.netlink.LinkEvent.SettingsChanged;
import dev.braid.tundriver.netns.NetworkNamespace;
import dev.braid.tundriver.poll.Poller;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@Kernel
class LinkMonitorTest {
    private static final Prefix ADDRESS = Prefix.parse("10.77.0.1/24");

    private final List<LinkEvent> events = new ArrayList<>();
    private NetworkNamespace ns;
    private Rtnetlink netlink;
    private LinkMonitor monitor;
    private int device;

    @BeforeEach
    void makeNamespaceWithAPair() {
        ns = NetworkNamespace.create("monitor");
        netlink = ns.netlink();
        netlink.createVeth("a", "b");
        device = netlink.link("a").index();
        monitor = ns.call(LinkMonitor::open);
    }

    @AfterEach
    void close() {
        monitor.close();
        netlink.close();
        ns.close();
    }

    private List<LinkEvent> drained() {
        events.clear();
        monitor.drain(events::add);
        return events;
    }

    private <T extends LinkEvent> Stream<T> drained(Class<T> type) {
        return drained().stream().filter(type::isInstance).map(type::cast);
    }

    @Test
    void theFirstDrainTellsWhatExists() {
        assertThat(drained(LinkChanged.class)).extracting(e -> e.link().name()).containsExactlyInAnyOrder("lo", "a",
                "b");
        assertThat(drained()).isEmpty();
    }

    @Test
    void linkChangesAreTold() {
        drained();
        netlink.up(device);
        netlink.mtu(device, 1400);
        assertThat(drained(LinkChanged.class))
                .extracting(LinkChanged::link)
                .anySatisfy(link -> {
                    assertThat(link.name()).isEqualTo("a");
                    assertThat(link.up()).isTrue();
                    assertThat(link.mtu()).isEqualTo(1400);
                });
        netlink.deleteLink(device);
        assertThat(drained(LinkRemoved.class)).extracting(e -> e.link().name()).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void addressChangesAreTold() {
        drained();
        netlink.addAddress(device, ADDRESS);
        assertThat(drained(AddressChanged.class)).extracting(e -> e.address().prefix()).containsExactly(ADDRESS);
        netlink.deleteAddress(device, ADDRESS);
        assertThat(drained(AddressRemoved.class)).extracting(e -> e.address().prefix()).containsExactly(ADDRESS);
    }

    @Test
    void routeChangesAreTold() {
        netlink.up(device);
        netlink.addAddress(device, ADDRESS);
        drained();
        Route route = Route.to(Prefix.parse("10.99.0.0/16"))
                .via(IpAddress.parse("10.77.0.2"))
                .device(device)
                .build();
        netlink.addRoute(route);
        assertThat(drained(RouteAdded.class)).extracting(RouteAdded::route).contains(route);
        netlink.deleteRoute(route);
        assertThat(drained(RouteRemoved.class)).extracting(RouteRemoved::route).contains(route);
    }

    @Test
    void aReplacedRouteIsToldAsGone() {
        netlink.up(device);
        netlink.addAddress(device, ADDRESS);
        Route.Builder route = Route.to(Prefix.parse("10.99.0.0/16")).device(device);
        Route first = route.via(IpAddress.parse("10.77.0.2")).build();
        Route second = route.via(IpAddress.parse("10.77.0.3")).build();
        netlink.addRoute(first);
        drained();
        netlink.replaceRoute(second);
        assertThat(drained()).contains(new RouteRemoved(first), new RouteAdded(second));
    }

    @Test
    void routesThatTheKernelDropsSilentlyWithTheirDeviceAreTold() {
        netlink.up(device);
        netlink.addAddress(device, ADDRESS);
        Route route = Route.to(Prefix.parse("10.99.0.0/16"))
                .via(IpAddress.parse("10.77.0.2"))
                .device(device)
                .build();
        netlink.addRoute(route);
        drained();
        netlink.down(device);
        assertThat(drained(RouteRemoved.class)).extracting(RouteRemoved::route).contains(route);
    }

    @Test
    void ruleChangesAreTold() {
        drained();
        for (boolean v4 : new boolean[] {true, false}) {
            Rule rule = Rule.inputDevice("a", v4, 7_700, 7_700, 77);
            netlink.addRule(rule);
            assertThat(drained(RuleAdded.class)).extracting(RuleAdded::rule).containsExactly(rule);
            netlink.deleteRule(rule);
            assertThat(drained(RuleRemoved.class)).extracting(RuleRemoved::rule).containsExactly(rule);
        }
    }

    @Test
    void aDeviceWhoseSettingsAreWrittenIsTold() throws Exception {
        assertThat(drained(SettingsChanged.class)).containsExactly(new SettingsChanged(SettingsChanged.ANY_DEVICE));
        for (String setting : List.of("ipv4/conf/a/forwarding", "ipv6/conf/a/forwarding")) {
            ns.call(() -> Files.writeString(Path.of("/proc/sys/net", setting), "1"));
            assertThat(drained(SettingsChanged.class)).contains(new SettingsChanged(device));
        }
    }

    @Test
    void lostNotificationsAreMadeUpFor() {
        try (LinkMonitor small = ns.call(() -> LinkMonitor.open(EnumSet.allOf(LinkMonitor.Topic.class), 1))) {
            List<LinkEvent> seen = new ArrayList<>();
            small.drain(seen::add);
            seen.clear();
            netlink.addAddress(device, ADDRESS);
            netlink.up(device);
            for (int i = 0; i < 200; i++) {
                netlink.mtu(device, 1300 + i);
            }
            netlink.deleteAddress(device, ADDRESS);
            netlink.addAddress(device, Prefix.parse("10.78.0.1/24"));
            for (int i = 0; i < 3; i++) {
                small.drain(seen::add);
            }
            assertThat(seen).as("most of the 200 changes did not fit the buffer").hasSizeLessThan(100);
            List<Link> links = seen.stream()
                    .filter(LinkChanged.class::isInstance)
                    .map(e -> ((LinkChanged) e).link())
                    .toList();
            assertThat(links.getLast().mtu()).isEqualTo(1499);
            assertThat(seen).filteredOn(AddressChanged.class::isInstance)
                    .extracting(e -> ((AddressChanged) e).address().prefix().toString())
                    .contains("10.78.0.1/24");
        }
    }

    @Test
    void aPollerWakesForAChange() {
        drained();
        try (Poller poller = Poller.open()) {
            poller.add(monitor.descriptor(), 3);
            poller.await(0);
            assertThat(poller.ready()).isZero();
            netlink.addAddress(device, ADDRESS);
            poller.await(TimeUnit.SECONDS.toNanos(5));
            assertThat(poller.ready()).isEqualTo(1);
            assertThat(poller.token(0)).isEqualTo(3);
        }
    }

    @Test
    void aThreadOfItsOwnTellsChanges() throws Exception {
        var told = new LinkedBlockingQueue<LinkEvent>();
        try (MonitorThread thread = MonitorThread.start(ns.call(LinkMonitor::open), told::add)) {
            assertThat(thread).isNotNull();
            assertThat(told.poll(5, TimeUnit.SECONDS)).isInstanceOf(LinkChanged.class);
            netlink.addAddress(device, ADDRESS);
            LinkEvent event = told.poll(5, TimeUnit.SECONDS);
            while (event != null
                    && !(event instanceof AddressChanged(LinkAddress address) && address.prefix().equals(ADDRESS))) {
                event = told.poll(5, TimeUnit.SECONDS);
            }
            assertThat(event).isNotNull();
        }
    }

    @Test
    void nothingIsToldOfOtherNamespaces() {
        drained();
        try (NetworkNamespace other = NetworkNamespace.create("other");
                Rtnetlink there = other.netlink()) {
            there.createVeth("x", "y");
            assertThat(drained()).isEmpty();
        }
    }
}
