package dev.braid.fastpath.checksum;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Icmpv4;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.Udp;
import dev.braid.testing.Bytes;
import dev.braid.testing.Rfc;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HeaderChecksumTest {
    private static final String WITHOUT_CHECKSUM = "45000073 00004000 4011 0000 c0a80001 c0a800c7";

    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    @Rfc({"791", "3.1"})
    void anIpv4HeaderIsFilledAndVerified() {
        long ip = Bytes.of(arena, WITHOUT_CHECKSUM);
        HeaderChecksum.fillIpv4(ip);
        assertThat(Ipv4.checksum(ip)).isEqualTo(0xb861);
        assertThat(HeaderChecksum.verifyIpv4(ip)).isTrue();
        Memory.put8(ip + 8, 63);
        assertThat(HeaderChecksum.verifyIpv4(ip)).isFalse();
    }

    @Test
    void ipv4OptionsAreCovered() {
        long ip = Bytes.of(arena, "47000073 00004000 4011 0000 c0a80001 c0a800c7 01010101 94040000");
        HeaderChecksum.fillIpv4(ip);
        assertThat(HeaderChecksum.verifyIpv4(ip)).isTrue();
        Memory.put8(ip + 27, 1);
        assertThat(HeaderChecksum.verifyIpv4(ip)).isFalse();
    }

    @Test
    @Rfc({"9293", "3.1", "MUST-2"})
    @Rfc({"9293", "3.1", "MUST-3"})
    void everyByteOfATcpSegmentAndItsPseudoHeaderCounts() {
        long ip = Bytes.of(arena, new byte[20 + 20 + 7]);
        Ipv4.write(ip, 0, 47, 1, 0, 64, Protocol.TCP, 0x0a4d0001, 0x0a4d0002);
        long tcp = ip + 20;
        Tcp.write(tcp, 40_000, 80, 1, 2, 20, Tcp.ACK, 1000, 0);
        Memory.copyIn("segment".getBytes(StandardCharsets.US_ASCII), 0, tcp + 20, 7);
        HeaderChecksum.fillTcp(tcp, 27, HeaderChecksum.pseudoHeader(ip, Protocol.TCP, 27));
        assertThat(HeaderChecksum.verifyTcp(tcp, 27, HeaderChecksum.pseudoHeader(ip, Protocol.TCP, 27))).isTrue();
        for (int i = 12; i < 47; i++) {
            int before = Memory.u8(ip + i);
            Memory.put8(ip + i, before ^ 4);
            assertThat(HeaderChecksum.verifyTcp(tcp, 27, HeaderChecksum.pseudoHeader(ip, Protocol.TCP, 27)))
                    .as("byte %s", i)
                    .isFalse();
            Memory.put8(ip + i, before);
        }
        assertThat(HeaderChecksum.verifyTcp(tcp, 27, HeaderChecksum.pseudoHeader(ip, Protocol.UDP, 27))).isFalse();
    }

    @Test
    @Rfc({"768", "Fields"})
    void aUdpChecksumOfZeroIsSentAsAllOnes() {
        long udp = Bytes.of(arena, new byte[10]);
        Udp.write(udp, 0, 0, 10);
        long pseudoHeader = Checksum.pseudoHeader(0, 0, Protocol.UDP, 10);
        // The data makes the sum come out as all ones, so its complement as 0.
        Memory.put16(udp + 8, 0xffff - Checksum.fold(Checksum.sum(udp, 8, pseudoHeader)));
        HeaderChecksum.fillUdp(udp, 10, pseudoHeader);
        assertThat(Udp.checksum(udp)).isEqualTo(0xffff);
        assertThat(HeaderChecksum.verifyUdp(udp, 10, pseudoHeader, true)).isTrue();
    }

    @Test
    @Rfc({"8200", "8.1"})
    void aUdpDatagramWithoutChecksumPassesOverIpv4Only() {
        long udp = Bytes.of(arena, new byte[10]);
        Udp.write(udp, 53, 53, 10);
        assertThat(HeaderChecksum.verifyUdp(udp, 10, 1234, true)).isTrue();
        assertThat(HeaderChecksum.verifyUdp(udp, 10, 1234, false)).isFalse();
        HeaderChecksum.fillUdp(udp, 10, 1234);
        assertThat(HeaderChecksum.verifyUdp(udp, 10, 1234, false)).isTrue();
        assertThat(HeaderChecksum.verifyUdp(udp, 10, 1235, true)).isFalse();
    }

    @Test
    @Rfc({"792", "Message Formats"})
    @Rfc({"4443", "2.3"})
    void icmpIsFilledAndVerified() {
        long icmp = Bytes.of(arena, "0800 0000 0001 0002 6162636465");
        HeaderChecksum.fillIcmpv4(icmp, 13);
        assertThat(Icmpv4.checksum(icmp)).isEqualTo(0xce35);
        assertThat(HeaderChecksum.verifyIcmpv4(icmp, 13)).isTrue();
        assertThat(HeaderChecksum.verifyIcmpv4(icmp, 12)).isFalse();

        long ip = Bytes.of(arena, new byte[48]);
        Ipv6.write(ip, 0, 0, 8, Protocol.ICMPV6, 64, 0xfd77L << 48, 1, 0xfd77L << 48, 2);
        long pseudoHeader = HeaderChecksum.pseudoHeader(ip, Protocol.ICMPV6, 8);
        HeaderChecksum.fillIcmpv6(ip + 40, 8, pseudoHeader);
        assertThat(HeaderChecksum.verifyIcmpv6(ip + 40, 8, pseudoHeader)).isTrue();
        assertThat(HeaderChecksum.verifyIcmpv6(ip + 40, 8, pseudoHeader + 1)).isFalse();
    }

    @Test
    void aCompletedPartialChecksumIsTheOneFilledAtOnce() {
        long ip = Bytes.of(arena, new byte[20 + 20 + 3]);
        Ipv4.write(ip, 0, 43, 1, 0, 64, Protocol.TCP, 0x0a4d0001, 0x0a4d0002);
        long tcp = ip + 20;
        Tcp.write(tcp, 40_000, 80, 1, 2, 20, Tcp.ACK, 1000, 0);
        long pseudoHeader = HeaderChecksum.pseudoHeader(ip, Protocol.TCP, 23);
        HeaderChecksum.putPartial(tcp, Tcp.CHECKSUM_OFFSET, pseudoHeader);
        assertThat(Tcp.checksum(tcp)).isEqualTo(Checksum.fold(pseudoHeader));
        HeaderChecksum.completePartial(tcp, 23, Tcp.CHECKSUM_OFFSET);
        int completed = Tcp.checksum(tcp);
        HeaderChecksum.fillTcp(tcp, 23, pseudoHeader);
        assertThat(completed).isEqualTo(Tcp.checksum(tcp));
    }
}
