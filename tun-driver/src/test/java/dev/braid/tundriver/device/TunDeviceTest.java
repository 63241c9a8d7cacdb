package dev.braid.tundriver.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.braid.fastpath.checksum.Checksum;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.DeviceException;
import dev.braid.fastpath.device.DeviceSpec;
import dev.braid.fastpath.device.FrameDevice;
import dev.braid.fastpath.device.FrameDeviceProvider;
import dev.braid.fastpath.device.Waiter;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FrameBatch;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Icmpv4;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.tundriver.Kernel;
import dev.braid.tundriver.TcpEcho;
import dev.braid.tundriver.netlink.Link;
import dev.braid.tundriver.netlink.LinkAddress;
import dev.braid.tundriver.netlink.Rtnetlink;
import dev.braid.tundriver.netns.NetworkNamespace;
import dev.braid.tundriver.tun.Tun;
import dev.braid.tundriver.tun.TunOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Kernel
class TunDeviceTest {
    private static final int INDEX = 3;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private record Told(int device, boolean up, int mtu) {}

    private final List<Told> told = new ArrayList<>();
    private final FrameBatch batch = new FrameBatch(64);
    private Arena arena;
    private FramePool frames;
    private Counters counters;
    private NetworkNamespace ns;
    private Rtnetlink netlink;
    private FrameDeviceProvider provider;
    private List<FrameDevice> devices = List.of();

    @BeforeEach
    void makeNamespace() {
        arena = Arena.ofShared();
        frames = new FramePool(arena, 1024, 64, true);
        counters = Counters.inMemory(arena, 64);
        ns = NetworkNamespace.create("device");
        netlink = ns.netlink();
        provider = ServiceLoader.load(FrameDeviceProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(found -> found.kind().equals("tun"))
                .findFirst()
                .orElseThrow();
    }

    @AfterEach
    void nothingIsLeft() {
        devices.forEach(FrameDevice::close);
        assertThat(frames.leaks()).isEmpty();
        netlink.close();
        ns.close();
        arena.close();
    }

    private FrameDevice open(int queues, String... addresses) {
        DeviceSpec spec = new DeviceSpec(
                "tun", "tun0", List.of(addresses).stream().map(Prefix::parse).toList(), 0, queues);
        return open(spec);
    }

    private FrameDevice open(DeviceSpec spec) {
        devices = ns.call(() -> provider.open(
                spec, INDEX, frames, counters, (device, up, mtu) -> told.add(new Told(device, up, mtu))));
        return devices.getFirst();
    }

    private FrameDevice open() {
        return open(1, "10.77.0.2/24", "fd77::2/64");
    }

    // Configuration.

    @Test
    void aDeviceThatIsMadeIsUpWithTheFirstOtherAddressOfEachNetwork() {
        FrameDevice device = open();
        assertThat(device.name()).isEqualTo("tun0");
        assertThat(device.mtu()).isEqualTo(1500);
        assertThat(device.offloads()).isEqualTo(TunOptions.ALL_OFFLOADS);
        Link link = netlink.link("tun0");
        assertThat(link.up()).isTrue();
        assertThat(netlink.addresses())
                .filteredOn(address -> address.device() == link.index() && address.usable())
                .extracting(LinkAddress::prefix)
                .contains(Prefix.parse("10.77.0.1/24"), Prefix.parse("fd77::1/64"));
    }

    @Test
    void aSingleAddressGetsARouteOfItsOwn() {
        open(1, "10.77.0.2/32");
        assertThat(netlink.routes())
                .anySatisfy(route -> assertThat(route.destination()).isEqualTo(Prefix.parse("10.77.0.2/32")));
    }

    @Test
    void theMtuAskedForIsSetOnADeviceThatIsMade() {
        FrameDevice device = open(new DeviceSpec("tun", "tun0", List.of(Prefix.parse("10.77.0.2/24")), 1400, 1));
        assertThat(device.mtu()).isEqualTo(1400);
        assertThat(netlink.link("tun0").mtu()).isEqualTo(1400);
    }

    @Test
    void aDeviceThatExistsIsLeftAsItIs() {
        ns.call(() -> Tun.open(TunOptions.named("tun0").kept())).close();
        int link = netlink.link("tun0").index();
        netlink.mtu(link, 1450);
        FrameDevice device = open(new DeviceSpec("tun", "tun0", List.of(Prefix.parse("10.77.0.2/24")), 1400, 1));
        assertThat(netlink.link("tun0").up()).isFalse();
        assertThat(netlink.link("tun0").mtu()).isEqualTo(1450);
        assertThat(netlink.addresses()).noneMatch(address -> address.device() == link);
        assertThat(device.mtu()).as("the stack keeps to what was asked for").isEqualTo(1400);
        device.receive(batch);
        assertThat(told).as("it is down").containsExactly(new Told(INDEX, false, 1400));
    }

    @Test
    void aDeviceThatCannotBeHadIsADeviceExceptionAndLeavesNothing() {
        netlink.createVeth("tun0", "tun1");
        assertThatThrownBy(this::open).isInstanceOf(DeviceException.class)
                .hasMessageContaining("a veth device has this name");
    }

    @Test
    void aDeviceThatCannotBeConfiguredIsTakenBack() {
        assertThatThrownBy(() -> open(new DeviceSpec("tun", "tun0", List.of(), 20, 1)))
                .isInstanceOf(DeviceException.class)
                .hasMessageStartingWith("tun0: RTM_NEWLINK (mtu 20): EINVAL");
        assertThat(netlink.lookupLink("tun0")).isNull();
    }

    // Frames.

    private FrameReflector reflector(FrameDevice device) {
        return new FrameReflector(arena, device, frames, provider.waiter(devices));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.77.0.2", "fd77::2"})
    void framesCarryPingsBothWays(String address) throws Exception {
        try (FrameReflector reflector = reflector(open())) {
            InetAddress peer = InetAddress.ofLiteral(address);
            assertThat(ns.call(() -> peer.isReachable(5_000))).isTrue();
            assertThat(reflector.host.pings.get()).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.77.0.2", "fd77::2"})
    void superFramesComeContiguousAndLeaveGatheredFromFragments(String address) throws Exception {
        try (FrameReflector reflector = reflector(open())) {
            TcpEcho.exchange(ns, address, 1 << 20);
            assertThat(reflector.host.largestIn.get()).isGreaterThan(10_000);
            assertThat(reflector.host.largestOut).hasValue(reflector.host.largestIn.get());
            assertThat(reflector.mostFragments).isGreaterThan(2);
        }
        counters.forEach((name, value) -> assertThat(value).as(name).isZero());
    }

    @Test
    void everyQueueOfADeviceReads() {
        open(2, "10.77.0.2/24");
        assertThat(devices).hasSize(2);
        try (Waiter waiter = provider.waiter(devices)) {
            ns.call(() -> {
                // Flows are spread over the queues by a hash of their ports.
                for (int port = 9_000; port < 9_100; port++) {
                    sendUdp(port);
                }
                return 0;
            });
            waiter.prepare();
            waiter.await(5 * SECOND);
            for (FrameDevice device : devices) {
                assertThat(device.receive(batch)).isPositive();
                releaseAll();
            }
        }
    }

    private static void sendUdp(int port) {
        try (var socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(new byte[10], 10, InetAddress.ofLiteral("10.77.0.2"), port));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void releaseAll() {
        for (int i = 0; i < batch.size(); i++) {
            batch.at(i).release();
        }
        batch.clear();
    }

    @Test
    void aReceivedFrameNamesItsDevice() {
        FrameDevice device = open();
        ns.call(() -> {
            sendUdp(9);
            return 0;
        });
        assertThat(device.receive(batch)).isPositive();
        assertThat(IntStream.range(0, batch.size()).map(i -> batch.at(i).device())).containsOnly(INDEX);
        releaseAll();
    }

    @Test
    void framesThatTheKernelRefusesAreDroppedUnderAName() {
        FrameDevice device = open();
        Frame nonsense = Objects.requireNonNull(frames.takeMtu());
        nonsense.resize(40);
        Memory.zero(nonsense.data(), 40);
        device.transmit(nonsense);
        assertThat(counters.value("TunTransmitDropRefused")).isEqualTo(1);
        netlink.down(netlink.link("tun0").index());
        device.transmit(echoRequest());
        assertThat(counters.value("TunTransmitDropDown")).isEqualTo(1);
    }

    // Life and death.

    @Test
    void changesOfTheLinkAreTold() {
        FrameDevice device = open();
        try (Waiter waiter = provider.waiter(devices)) {
            int link = netlink.link("tun0").index();
            netlink.mtu(link, 1300);
            waiter.await(5 * SECOND);
            assertThat(told).containsExactly(new Told(INDEX, true, 1300));
            assertThat(device.mtu()).isEqualTo(1300);
            netlink.down(link);
            waiter.await(5 * SECOND);
            assertThat(told).endsWith(new Told(INDEX, false, 1300));
            netlink.up(link);
            waiter.await(5 * SECOND);
            assertThat(told).endsWith(new Told(INDEX, true, 1300));
        }
    }

    @Test
    void aDeletedDeviceIsToldOnceAndLetsItsThreadSleep() {
        FrameDevice device = open();
        try (Waiter waiter = provider.waiter(devices)) {
            drainFrames(device, waiter);
            netlink.deleteLink(netlink.link("tun0").index());
            int wakeUps = 0;
            for (long end = System.nanoTime() + SECOND / 2; System.nanoTime() < end; wakeUps++) {
                waiter.prepare();
                assertThat(device.receive(batch)).isZero();
                waiter.await(SECOND / 10);
            }
            assertThat(wakeUps).isLessThan(12);
            assertThat(told).containsExactly(new Told(INDEX, false, 1500));
            assertThat(counters.value("TunGone")).isEqualTo(1);
            device.transmit(echoRequest());
            assertThat(counters.value("TunTransmitDropDown")).isEqualTo(1);
        }
    }

    /** What the kernel says of itself when a device comes up, such as router solicitations. */
    private void drainFrames(FrameDevice device, Waiter waiter) {
        waiter.await(0);
        device.receive(batch);
        releaseAll();
    }

    @Test
    void withoutSmallFramesPacketsAreDroppedUnderANameAndTheQueueIsEmptied() {
        frames = new FramePool(arena, 0, 0, true);
        FrameDevice device = open();
        ns.call(() -> {
            sendUdp(9);
            return 0;
        });
        assertThat(device.receive(batch)).isZero();
        assertThat(counters.value("TunReceiveDropNoFrame")).isPositive();
        long dropped = counters.value("TunReceiveDropNoFrame");
        assertThat(device.receive(batch)).isZero();
        assertThat(counters.value("TunReceiveDropNoFrame")).isEqualTo(dropped);
    }

    @Test
    void withoutLargeFramesSmallPacketsStillPass() throws Exception {
        frames = new FramePool(arena, 64, 0, true);
        try (FrameReflector reflector = reflector(open())) {
            assertThat(ns.call(() -> InetAddress.ofLiteral("10.77.0.2").isReachable(5_000)))
                    .isTrue();
            assertThat(reflector.host.pings.get()).isPositive();
        }
    }

    // Cost.

    @Test
    void aFrameEachWayAllocatesNothing() {
        frames = new FramePool(arena, 1024, 64, false);
        FrameDevice device = open();
        try (Waiter waiter = provider.waiter(devices)) {
            pingPong(device, waiter, 30_000);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long thread = Thread.currentThread().threadId();
            threads.getThreadAllocatedBytes(thread);
            long before = threads.getThreadAllocatedBytes(thread);
            pingPong(device, waiter, 20_000);
            long allocated = threads.getThreadAllocatedBytes(thread) - before;
            assertThat(allocated).as("bytes for 20,000 frames each way").isLessThan(20_000);
        }
    }

    private void pingPong(FrameDevice device, Waiter waiter, int rounds) {
        int received = 0;
        for (int i = 0; i < rounds; i++) {
            device.transmit(echoRequest());
            waiter.prepare();
            if (device.receive(batch) == 0) {
                waiter.await(SECOND);
                device.receive(batch);
            } else {
                waiter.cancel();
            }
            received += batch.size();
            releaseAll();
        }
        if (received < rounds * 9 / 10) {
            throw new AssertionError(received + " answers to " + rounds + " pings");
        }
    }

    private Frame echoRequest() {
        Frame frame = frames.takeMtu();
        if (frame == null) {
            throw new AssertionError("no frame");
        }
        int length = Ipv4.MIN_HEADER + Icmpv4.HEADER;
        frame.resize(length);
        long ip = frame.data();
        Ipv4.write(ip, 0, length, 0, 0, 64, Protocol.ICMP, 0x0a4d0002, 0x0a4d0001);
        long icmp = ip + Ipv4.MIN_HEADER;
        Icmpv4.writeEcho(icmp, Icmpv4.ECHO_REQUEST, 1, 1);
        Icmpv4.putChecksum(icmp, 0);
        Icmpv4.putChecksum(icmp, Checksum.finish(Checksum.sum(icmp, Icmpv4.HEADER, 0)));
        return frame;
    }
}
