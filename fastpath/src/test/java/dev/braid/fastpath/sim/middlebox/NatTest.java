package dev.braid.fastpath.sim.middlebox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.checksum.HeaderChecksum;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.offload.Packets;
import dev.braid.fastpath.sim.Middlebox;
import dev.braid.fastpath.wire.Icmpv4;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NatTest {
    private static final long SECOND = 1_000_000_000;
    private static final IpAddress OUTSIDE_V4 = IpAddress.parse("192.0.2.1");
    private static final IpAddress OUTSIDE_V6 = IpAddress.parse("2001:db8::1");

    private final Packets packets = new Packets();
    private final Nat nat = new Nat(60 * SECOND, OUTSIDE_V4, OUTSIDE_V6, packets.counters);

    @AfterEach
    void nothingLeaks() {
        packets.releaseSent();
        assertThat(packets.pool.leaks()).isEmpty();
        packets.close();
    }

    private @Nullable Frame pass(Middlebox box, Frame frame, long nowNs) {
        packets.releaseSent();
        box.onFrame(frame, nowNs, packets.sent::add);
        return packets.sent.isEmpty() ? null : packets.sent.getFirst();
    }

    private Frame fromPort(boolean ipv4, int port) {
        Frame frame = packets.tcp(ipv4, 1, 0, 10, "");
        Memory.put16(Packets.tcp(frame), port);
        Packets.checksums(frame);
        return frame;
    }

    private Frame toPort(boolean ipv4, int port) {
        Frame frame = packets.tcp(ipv4, 1, 0, 10, "");
        Memory.put16(Packets.tcp(frame) + 2, port);
        Packets.checksums(frame);
        return frame;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatGoesOutGetsTheOutsideAddressAndAPortAndComesBackIn(boolean ipv4) {
        Frame out = pass(nat.outbound(), fromPort(ipv4, 40_000), 0);
        assertThat(Packets.valid(out)).isTrue();
        int port = Tcp.srcPort(Packets.tcp(out));
        assertThat(port).isEqualTo(NatTable.FIRST_PORT);
        if (ipv4) {
            assertThat(Ipv4.srcLo(out.data())).isEqualTo(OUTSIDE_V4.lo());
        } else {
            assertThat(Ipv6.srcLo(out.data())).isEqualTo(OUTSIDE_V6.lo());
        }
        Frame in = pass(nat.inbound(), toPort(ipv4, port), SECOND);
        assertThat(Packets.valid(in)).isTrue();
        assertThat(Tcp.dstPort(Packets.tcp(in))).isEqualTo(40_000);
        if (ipv4) {
            assertThat(Ipv4.dst(in.data())).isEqualTo(0x0a4d0001);
        } else {
            assertThat(Ipv6.dstHi(in.data())).isEqualTo(Packets.NET);
            assertThat(Ipv6.dstLo(in.data())).isEqualTo(1);
        }
    }

    @Test
    void aMappingLivesByItsPacketsAndIsForgottenAfterTheTimeout() {
        int port = Tcp.srcPort(Packets.tcp(pass(nat.outbound(), fromPort(true, 40_000), 0)));
        assertThat(pass(nat.inbound(), toPort(true, port), 59 * SECOND)).isNotNull();
        assertThat(pass(nat.inbound(), toPort(true, port), 118 * SECOND)).isNotNull();
        assertThat(pass(nat.inbound(), toPort(true, port), 178 * SECOND)).as("forgotten").isNull();
        assertThat(packets.counters.value("Nat.dropUnknown")).isOne();
        assertThat(packets.counters.value("Nat.forgotten")).isOne();
        assertThat(packets.counters.value("Nat.mappings")).isZero();
        Frame again = pass(nat.outbound(), fromPort(true, 40_000), 179 * SECOND);
        assertThat(Tcp.srcPort(Packets.tcp(again))).as("another port").isEqualTo(port + 1);
    }

    @Test
    void whatNobodyAskedForIsDropped() {
        assertThat(pass(nat.inbound(), toPort(true, 40_000), 0)).isNull();
        pass(nat.outbound(), fromPort(true, 40_000), 0);
        assertThat(pass(nat.inbound(), toPort(false, NatTable.FIRST_PORT), 0)).as("the other version").isNull();
        assertThat(packets.counters.value("Nat.dropUnknown")).isEqualTo(2);
    }

    @Test
    void everyInsideEndpointHasAPortOfItsOwnUntilAllAreTaken() {
        for (int i = 0; i < NatTable.PORTS; i++) {
            assertThat(pass(nat.outbound(), fromPort(true, i), 0)).isNotNull();
        }
        assertThat(pass(nat.outbound(), fromPort(true, 60_000), 0)).isNull();
        assertThat(packets.counters.value("Nat.dropFull")).isOne();
        assertThat(pass(nat.outbound(), fromPort(true, 60_000), 60 * SECOND)).as("old ones go").isNotNull();
    }

    @Test
    void echoesPassByTheirIdentifierAndErrorsDoNot() {
        Frame out = pass(nat.outbound(), icmp(Icmpv4.ECHO_REQUEST, 77), 0);
        long at = out.data() + Ipv4.MIN_HEADER;
        int identifier = Icmpv4.identifier(at);
        assertThat(HeaderChecksum.verifyIcmpv4(at, 8)).isTrue();
        Frame in = pass(nat.inbound(), icmp(Icmpv4.ECHO_REPLY, identifier), 0);
        assertThat(Icmpv4.identifier(in.data() + Ipv4.MIN_HEADER)).isEqualTo(77);
        assertThat(HeaderChecksum.verifyIcmpv4(in.data() + Ipv4.MIN_HEADER, 8)).isTrue();
        assertThat(pass(nat.inbound(), icmp(Icmpv4.DESTINATION_UNREACHABLE, 0), 0)).isNull();
        assertThat(packets.counters.value("Nat.dropUnsupported")).isOne();
    }

    private Frame icmp(int type, int identifier) {
        Frame frame = packets.pool.takeMtu();
        frame.resize(28);
        Ipv4.write(frame.data(), 0, 28, 1, 0, 64, Protocol.ICMP, 0x0a4d0001, 0x0a4d0002);
        Icmpv4.writeEcho(frame.data() + 20, type, identifier, 1);
        HeaderChecksum.fillIcmpv4(frame.data() + 20, 8);
        return frame;
    }

    @Test
    void aWrongChecksumStaysWrong() {
        Frame broken = fromPort(true, 40_000);
        Memory.put8(broken.data() + broken.linearLength() - 1, 0x55 ^ Memory.u8(broken.data() + 49));
        Frame out = pass(nat.outbound(), broken, 0);
        assertThat(Packets.valid(out)).isFalse();
    }

    @Test
    void whatNeighboursTellEachOtherPasses() {
        for (Middlebox way : new Middlebox[] {nat.outbound(), nat.inbound()}) {
            Frame arp = packets.tcp(true, 1, 0, 10, "");
            Memory.put8(arp.data(), 0);
            assertThat(pass(way, arp, 0)).isSameAs(arp);
            Frame solicitation = packets.tcp(false, 1, 0, 10, "");
            Memory.put8(solicitation.data() + 6, Protocol.ICMPV6);
            Memory.put8(solicitation.data() + Ipv6.HEADER, 135);
            assertThat(pass(way, solicitation, 0)).isSameAs(solicitation);
            Frame told = packets.tcp(false, 1, 0, 10, "");
            Memory.put8(told.data() + 6, Protocol.ICMPV6);
            Memory.put8(told.data() + Ipv6.HEADER, 1);
            assertThat(pass(way, told, 0)).as("an ICMP error").isNull();
        }
    }

    @Test
    void withoutAnOutsideAddressOnlyPortsChange() {
        var portsOnly = new Nat(SECOND, null, null, packets.counters);
        Frame out = pass(portsOnly.outbound(), fromPort(true, 40_000), 0);
        assertThat(Ipv4.src(out.data())).isEqualTo(0x0a4d0001);
        assertThat(Tcp.srcPort(Packets.tcp(out))).isEqualTo(NatTable.FIRST_PORT);
        assertThat(Packets.valid(out)).isTrue();
    }
}
