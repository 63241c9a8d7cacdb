package dev.braid.tundriver.tun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.fastpath.device.Offloads;
import dev.braid.fastpath.memory.Memory;
import dev.braid.tundriver.Kernel;
import dev.braid.tundriver.TcpEcho;
import dev.braid.tundriver.netlink.Link;
import dev.braid.tundriver.netlink.Rtnetlink;
import dev.braid.tundriver.netns.NetworkNamespace;
import dev.braid.tundriver.sys.Errno;
import dev.braid.tundriver.sys.LinuxException;
import java.io.File;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Kernel
class TunTest {
    private static final TunOptions TUN0 = TunOptions.named("tun0");

    @Test
    void aNewDeviceHasAllOffloadsAndALongQueueAndGoesWithItsDescriptor() {
        try (NetworkNamespace ns = NetworkNamespace.create("new");
                Rtnetlink netlink = ns.netlink()) {
            try (Tun tun = ns.call(() -> Tun.open(TUN0))) {
                assertThat(tun.created()).isTrue();
                assertThat(tun.name()).isEqualTo("tun0");
                assertThat(tun.offloads() & Offloads.TSO4).as("this kernel has TSO").isNotZero();
                Link link = netlink.link("tun0");
                assertThat(link).isEqualTo(tun.link());
                assertThat(link.txQueueLength()).isEqualTo(10_000);
                assertThat(link.tun()).isEqualTo(new Link.TunAttributes(false, false, false, 0));
            }
            assertThat(netlink.lookupLink("tun0")).isNull();
        }
    }

    @Test
    void theKernelChoosesTheNumberOfATemplate() {
        try (NetworkNamespace ns = NetworkNamespace.create("template");
                Tun first = ns.call(() -> Tun.open(TunOptions.named("br%d")));
                Tun second = ns.call(() -> Tun.open(TunOptions.named("br%d")))) {
            assertThat(first.name()).isEqualTo("br0");
            assertThat(second.name()).isEqualTo("br1");
        }
    }

    @Test
    void aPersistentDeviceStaysAndIsFoundAgain() {
        try (NetworkNamespace ns = NetworkNamespace.create("kept");
                Rtnetlink netlink = ns.netlink()) {
            ns.call(() -> Tun.open(TUN0.kept())).close();
            assertThat(netlink.link("tun0").tun()).isEqualTo(new Link.TunAttributes(false, true, false, 0));
            try (Tun again = ns.call(() -> Tun.open(TUN0))) {
                assertThat(again.created()).isFalse();
            }
            assertThat(netlink.lookupLink("tun0")).as("opening it does not make it less persistent").isNotNull();
        }
    }

    @Test
    void aDeviceThatAnotherHoldsIsBusy() {
        try (NetworkNamespace ns = NetworkNamespace.create("busy");
                Tun holder = ns.call(() -> Tun.open(TUN0))) {
            assertThat(holder.created()).isTrue();
            assertThatThrownBy(() -> ns.call(() -> Tun.open(TUN0)))
                    .isInstanceOf(LinuxException.class)
                    .hasMessage("tun0: TUNSETIFF: EBUSY (Device or resource busy): another process holds this device;"
                            + " stop it or choose another name");
        }
    }

    @Test
    void aDeviceOfAnotherKindIsNamedAsSuch() {
        try (NetworkNamespace ns = NetworkNamespace.create("kinds");
                Rtnetlink netlink = ns.netlink()) {
            netlink.createVeth("tun0", "tun1");
            assertThatThrownBy(() -> ns.call(() -> Tun.open(TUN0)))
                    .hasMessage(
                            "tun0: TUNSETIFF: EINVAL (Invalid argument): a veth device has this name, which is no TUN;"
                                    + " choose another name");
            assertThatThrownBy(() -> ns.call(() -> Tun.open(TunOptions.named("lo"))))
                    .hasMessageContaining("a physical or loopback device has this name");
            ns.exec("ip", "tuntap", "add", "tap0", "mode", "tap");
            assertThatThrownBy(() -> ns.call(() -> Tun.open(TunOptions.named("tap0"))))
                    .hasMessageContaining("a TAP device has this name");
        }
    }

    @Test
    void severalQueuesShareTheDevice() {
        try (NetworkNamespace ns = NetworkNamespace.create("queues");
                Rtnetlink netlink = ns.netlink();
                Tun tun = ns.call(() -> Tun.open(TUN0.queues(4).kept()))) {
            assertThat(tun.queues()).hasSize(4).doesNotHaveDuplicates();
            assertThat(netlink.link("tun0").tun()).isEqualTo(new Link.TunAttributes(false, true, true, 4));
            try (Tun fifth = ns.call(() -> Tun.open(TUN0))) {
                assertThat(fifth.created()).as("one more queue of the same device").isFalse();
            }
        }
    }

    @Test
    void aDeviceMadeWithOneQueueSaysSoWhenAskedForMore() {
        try (NetworkNamespace ns = NetworkNamespace.create("single")) {
            ns.call(() -> Tun.open(TUN0.kept())).close();
            assertThatThrownBy(() -> ns.call(() -> Tun.open(TUN0.queues(2))))
                    .hasMessage(
                            "tun0: TUNSETIFF: EINVAL (Invalid argument): the device was made with a single queue; open"
                                    + " it with one, or delete it first (ip link delete tun0)");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 257})
    void anImpossibleNumberOfQueuesIsRefused(int count) {
        assertThatThrownBy(() -> Tun.open(TUN0.queues(count)))
                .hasMessageStartingWith("tun0: queues: EINVAL")
                .hasMessageContaining("1 to 256");
    }

    @Test
    void aFailedOpenLeavesNoDescriptorBehind() {
        try (NetworkNamespace ns = NetworkNamespace.create("leak");
                Tun holder = ns.call(() -> Tun.open(TUN0))) {
            assertThat(holder.created()).isTrue();
            long before = openDescriptors();
            for (int i = 0; i < 20; i++) {
                assertThatThrownBy(() -> ns.call(() -> Tun.open(TUN0))).isInstanceOf(LinuxException.class);
            }
            assertThat(openDescriptors()).isEqualTo(before);
        }
    }

    private static long openDescriptors() {
        return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
    }

    @Test
    void anEmptyQueueAnswersNothing() {
        try (NetworkNamespace ns = NetworkNamespace.create("empty");
                Tun tun = ns.call(() -> Tun.open(TUN0));
                Arena arena = Arena.ofConfined()) {
            long buffer = Memory.allocate(arena, 2048, 8);
            assertThat(tun.queue().receive(buffer, 2048)).isEqualTo(TunQueue.NOTHING);
        }
    }

    @Test
    void aFrameForADeviceThatIsDownIsRefused() {
        try (NetworkNamespace ns = NetworkNamespace.create("down");
                Tun tun = ns.call(() -> Tun.open(TUN0));
                Arena arena = Arena.ofConfined()) {
            long frame = Memory.allocate(arena, 64, 8);
            Memory.put8(frame + TunQueue.HEADER_BYTES, 0x45);
            assertThat(tun.queue().send(frame, TunQueue.HEADER_BYTES + 20)).isEqualTo(-Errno.EIO);
        }
    }

    @Test
    void aDeletedDeviceReadsAsDead() {
        try (TunNet net = new TunNet(TUN0);
                Arena arena = Arena.ofConfined()) {
            net.netlink.deleteLink(net.tun.link().index());
            long buffer = Memory.allocate(arena, 2048, 8);
            int answer = net.tun.queue().receive(buffer, 2048);
            assertThat(TunQueue.isDead(answer)).as(Errno.name(-answer)).isTrue();
            assertThat(TunQueue.isDead(TunQueue.NOTHING)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.77.0.2", "fd77::2"})
    void aReflectorBehindTheTunAnswersPings(String address) throws Exception {
        try (TunNet net = new TunNet(TUN0);
                Reflector reflector = new Reflector(net.tun.queue())) {
            InetAddress peer = InetAddress.ofLiteral(address);
            assertThat(net.ns.call(() -> peer.isReachable(5_000))).isTrue();
            assertThat(reflector.host.pings.get()).isPositive();
            assertThat(reflector.failedWrites.get()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"10.77.0.2, true", "fd77::2, true", "10.77.0.2, false", "fd77::2, false"})
    void tcpPassesBothWaysInSuperFramesWhereOffloaded(String address, boolean offloaded) throws Exception {
        TunOptions options = offloaded ? TUN0 : TUN0.offloads(0);
        try (TunNet net = new TunNet(options);
                Reflector reflector = new Reflector(net.tun.queue())) {
            TcpEcho.exchange(net.ns, address, 1 << 20);
            assertThat(reflector.failedWrites.get()).isZero();
            if (offloaded) {
                assertThat(reflector.host.largestIn.get()).isGreaterThan(10_000);
                assertThat(reflector.host.largestOut.get()).isEqualTo(reflector.host.largestIn.get());
                assertThat(reflector.superFramesIn.get()).isPositive();
            } else {
                assertThat(reflector.host.largestIn.get()).isLessThanOrEqualTo(1_500);
                assertThat(reflector.superFramesIn.get()).isZero();
            }
        }
    }
}
