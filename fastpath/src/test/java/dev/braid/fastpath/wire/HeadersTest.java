package dev.braid.fastpath.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.testing.Bytes;
import dev.braid.testing.Rfc;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each fixed header against bytes whose meaning is known from elsewhere. */
class HeadersTest {
    private static final String IPV4 = "45 b9 0073 1234 4000 40 11 a574 c0a80001 c0a800c7";
    private static final String IPV6 = "6 ab cdef1 0514 06 3f"
            + "20010db8000000000000000000000001 fd770000000000000000000000000002";
    private static final String TCP = "8ae6 0050 fffffffe 00000001 8 1 b2 faf0 beef 0102";

    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    @Rfc({"791", "3.1"})
    void anIpv4HeaderIsRead() {
        long a = Bytes.of(arena, IPV4);
        assertThat(Ipv4.version(a)).isEqualTo(4);
        assertThat(Ipv4.headerLength(a)).isEqualTo(20);
        assertThat(Ipv4.trafficClass(a)).isEqualTo(0xb9);
        assertThat(Ipv4.ecn(a)).isEqualTo(1);
        assertThat(Ipv4.totalLength(a)).isEqualTo(115);
        assertThat(Ipv4.identification(a)).isEqualTo(0x1234);
        assertThat(Ipv4.dontFragment(a)).isTrue();
        assertThat(Ipv4.isFragment(a)).isFalse();
        assertThat(Ipv4.ttl(a)).isEqualTo(64);
        assertThat(Ipv4.protocol(a)).isEqualTo(Protocol.UDP);
        assertThat(Ipv4.checksum(a)).isEqualTo(0xa574);
        assertThat(Ipv4.src(a)).isEqualTo(0xc0a8_0001);
        assertThat(new IpAddress(Ipv4.MAPPED_HI, Ipv4.srcLo(a))).hasToString("192.168.0.1");
        assertThat(new IpAddress(Ipv4.MAPPED_HI, Ipv4.dstLo(a))).hasToString("192.168.0.199");
    }

    @Test
    @Rfc({"791", "3.1"})
    void anIpv4HeaderIsWrittenWithItsChecksum() {
        long a = Bytes.of(arena, new byte[20]);
        Ipv4.write(a, 0xb9, 115, 0x1234, Ipv4.DONT_FRAGMENT, 64, Protocol.UDP, 0xc0a8_0001, 0xc0a8_00c7);
        assertThat(Bytes.hex(a, 20)).isEqualTo(IPV4.replace(" ", ""));
    }

    @Test
    void fragmentsAreToldFromWholePackets() {
        long a = Bytes.of(arena, "4500 0073 0000 2005");
        assertThat(Ipv4.moreFragments(a)).isTrue();
        assertThat(Ipv4.fragmentOffset(a)).isEqualTo(40);
        assertThat(Ipv4.isFragment(a)).isTrue();
        long last = Bytes.of(arena, "4500 0073 0000 1fff");
        assertThat(Ipv4.moreFragments(last)).isFalse();
        assertThat(Ipv4.fragmentOffset(last)).isEqualTo(65_528);
        assertThat(Ipv4.isFragment(last)).isTrue();
    }

    @Test
    @Rfc({"8200", "3"})
    void anIpv6HeaderIsReadAndWritten() {
        long a = Bytes.of(arena, IPV6);
        assertThat(Ipv6.version(a)).isEqualTo(6);
        assertThat(Ipv6.trafficClass(a)).isEqualTo(0xab);
        assertThat(Ipv6.ecn(a)).isEqualTo(3);
        assertThat(Ipv6.flowLabel(a)).isEqualTo(0xcdef1);
        assertThat(Ipv6.payloadLength(a)).isEqualTo(1300);
        assertThat(Ipv6.nextHeader(a)).isEqualTo(Protocol.TCP);
        assertThat(Ipv6.hopLimit(a)).isEqualTo(63);
        assertThat(new IpAddress(Ipv6.srcHi(a), Ipv6.srcLo(a))).hasToString("2001:db8::1");
        assertThat(new IpAddress(Ipv6.dstHi(a), Ipv6.dstLo(a))).hasToString("fd77::2");

        long b = Bytes.of(arena, new byte[40]);
        Ipv6.write(b, 0xab, 0xcdef1, 1300, 6, 63, Ipv6.srcHi(a), Ipv6.srcLo(a), Ipv6.dstHi(a), Ipv6.dstLo(a));
        assertThat(Bytes.hex(b, 40)).isEqualTo(IPV6.replace(" ", ""));
    }

    @Test
    @Rfc({"9293", "3.1"})
    void aTcpHeaderIsRead() {
        long a = Bytes.of(arena, TCP);
        assertThat(Tcp.srcPort(a)).isEqualTo(35_558);
        assertThat(Tcp.dstPort(a)).isEqualTo(80);
        assertThat(Tcp.seq(a)).isEqualTo(-2);
        assertThat(Tcp.ack(a)).isEqualTo(1);
        assertThat(Tcp.dataOffset(a)).isEqualTo(32);
        assertThat(Tcp.flags(a)).isEqualTo(Tcp.AE | Tcp.CWR | Tcp.URG | Tcp.ACK | Tcp.SYN);
        assertThat(Tcp.window(a)).isEqualTo(0xfaf0);
        assertThat(Tcp.checksum(a)).isEqualTo(0xbeef);
        assertThat(Tcp.urgentPointer(a)).isEqualTo(0x0102);
    }

    @Test
    @Rfc({"9293", "3.1"})
    void aTcpHeaderIsWrittenAndChangedFieldByField() {
        long a = Bytes.of(arena, new byte[20]);
        int flags = Tcp.AE | Tcp.CWR | Tcp.URG | Tcp.ACK | Tcp.SYN;
        Tcp.write(a, 35_558, 80, -2, 1, 32, flags, 0xfaf0, 0x0102);
        assertThat(Bytes.hex(a, 20)).isEqualTo(TCP.replace("beef", "0000").replace(" ", ""));
        Tcp.putChecksum(a, 0xbeef);
        assertThat(Bytes.hex(a, 20)).isEqualTo(TCP.replace(" ", ""));

        Tcp.putFlags(a, Tcp.FIN | Tcp.ACK | Tcp.ECE);
        assertThat(Tcp.flags(a)).isEqualTo(Tcp.FIN | Tcp.ACK | Tcp.ECE);
        assertThat(Tcp.dataOffset(a)).isEqualTo(32);
        Tcp.putSeq(a, 77);
        assertThat(Tcp.seq(a)).isEqualTo(77);
        assertThat(Tcp.ack(a)).isEqualTo(1);
    }

    @Test
    void reservedTcpBitsAreNoFlags() {
        long a = Bytes.of(arena, "0000 0000 00000000 00000000 5e10 0000");
        assertThat(Tcp.flags(a)).isEqualTo(Tcp.ACK);
        assertThat(Tcp.dataOffset(a)).isEqualTo(20);
    }

    @Test
    @Rfc({"768", "Fields"})
    void aUdpHeaderIsReadAndWritten() {
        long a = Bytes.of(arena, "0035 c001 0014 abcd");
        assertThat(Udp.srcPort(a)).isEqualTo(53);
        assertThat(Udp.dstPort(a)).isEqualTo(0xc001);
        assertThat(Udp.length(a)).isEqualTo(20);
        assertThat(Udp.checksum(a)).isEqualTo(0xabcd);
        Udp.write(a, 1, 0xffff, 9);
        Udp.putChecksum(a, 0x1234);
        assertThat(Bytes.hex(a, 8)).isEqualTo("0001ffff00091234");
    }

    @Test
    @Rfc({"792", "Message Formats"})
    @Rfc({"1191", "4"})
    void icmpMessagesAreReadAndWritten() {
        long a = Bytes.of(arena, new byte[8]);
        Icmpv4.writeEcho(a, Icmpv4.ECHO_REQUEST, 0x8001, 0x8002);
        assertThat(Bytes.hex(a, 8)).isEqualTo("0800000080018002");
        assertThat(Icmpv4.identifier(a)).isEqualTo(0x8001);
        assertThat(Icmpv4.sequence(a)).isEqualTo(0x8002);
        Icmpv4.putType(a, Icmpv4.ECHO_REPLY);
        assertThat(Icmpv4.type(a)).isEqualTo(0);
        Icmpv4.writeUnreachable(a, Icmpv4.FRAGMENTATION_NEEDED, 1400);
        assertThat(Bytes.hex(a, 8)).isEqualTo("0304000000000578");
        assertThat(Icmpv4.nextHopMtu(a)).isEqualTo(1400);
        Icmpv4.writeParameterProblem(a, 20);
        assertThat(Bytes.hex(a, 8)).isEqualTo("0c00000014000000");
        assertThat(Icmpv4.pointer(a)).isEqualTo(20);
        Icmpv4.writeTimeExceeded(a, Icmpv4.REASSEMBLY_TIME_EXCEEDED);
        assertThat(Bytes.hex(a, 8)).isEqualTo("0b01000000000000");
        assertThat(Icmpv4.isError(Icmpv4.TIME_EXCEEDED)).isTrue();
        assertThat(Icmpv4.isError(Icmpv4.ECHO_REPLY)).isFalse();
    }

    @Test
    @Rfc({"4443", "2.1"})
    void icmpv6MessagesAreReadAndWritten() {
        long a = Bytes.of(arena, new byte[8]);
        Icmpv6.writeEcho(a, Icmpv6.ECHO_REPLY, 0x8001, 2);
        assertThat(Bytes.hex(a, 8)).isEqualTo("8100000080010002");
        Icmpv6.writePacketTooBig(a, 1280);
        assertThat(Bytes.hex(a, 8)).isEqualTo("0200000000000500");
        assertThat(Icmpv6.mtu(a)).isEqualTo(1280);
        Icmpv6.writeUnreachable(a, Icmpv6.PORT_UNREACHABLE);
        assertThat(Bytes.hex(a, 8)).isEqualTo("0104000000000000");
        Icmpv6.writeParameterProblem(a, Icmpv6.UNRECOGNIZED_NEXT_HEADER, 40);
        assertThat(Bytes.hex(a, 8)).isEqualTo("0401000000000028");
        assertThat(Icmpv6.pointer(a)).isEqualTo(40);
        Icmpv6.writeTimeExceeded(a, Icmpv6.HOP_LIMIT_EXCEEDED);
        assertThat(Bytes.hex(a, 8)).isEqualTo("0300000000000000");
        assertThat(Icmpv6.isError(Icmpv6.PARAMETER_PROBLEM)).isTrue();
        assertThat(Icmpv6.isError(Icmpv6.ECHO_REQUEST)).isFalse();
    }
}
