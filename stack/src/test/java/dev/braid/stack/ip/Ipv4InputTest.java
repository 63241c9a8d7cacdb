package dev.braid.stack.ip;

import static dev.braid.stack.rig.CoreRig.HOST4;
import static dev.braid.stack.rig.CoreRig.PEER4;
import static dev.braid.stack.rig.PacketBytes.bytes;
import static dev.braid.stack.rig.PacketBytes.fixHeaderChecksum;
import static dev.braid.stack.rig.PacketBytes.i32;
import static dev.braid.stack.rig.PacketBytes.packet;
import static dev.braid.stack.rig.PacketBytes.pattern;
import static dev.braid.stack.rig.PacketBytes.put16;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.Link;
import dev.braid.stack.rig.CoreRig;
import dev.braid.testing.Rfc;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Ipv4InputTest {
    private final CoreRig rig = new CoreRig();

    @AfterEach
    void nothingLeaks() {
        rig.close();
    }

    private static byte[] ping() {
        return packet(PEER4, HOST4).echo(1, 2, pattern(32)).build();
    }

    private static byte[] pingFrom(String src) {
        return packet(src, HOST4).echo(1, 2, pattern(32)).build();
    }

    private static byte[] pingTo(String dst) {
        return packet(PEER4, dst).echo(1, 2, pattern(32)).build();
    }

    @Test
    void aGoodPacketIsDelivered() {
        rig.receive(ping());
        assertThat(rig.sent()).hasSize(1);
        assertThat(rig.counter("IpInDelivers")).isEqualTo(1);
        assertThat(rig.counter("IpInReceives")).isEqualTo(1);
        assertThat(rig.drops()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 9, 19})
    void aRuntFrameIsDropped(int length) {
        rig.refuses(Arrays.copyOf(ping(), length), "IpInHdrErrors", "IpDropTruncated");
    }

    @Test
    void anEmptyFrameIsDropped() {
        rig.refuses(new byte[0], "IpInHdrErrors", "IpDropTruncated");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 5, 7, 15})
    void anyVersionButFourAndSixIsDropped(int version) {
        byte[] packet = ping();
        packet[0] = (byte) (version << 4 | 5);
        rig.refuses(fixHeaderChecksum(packet), "IpInHdrErrors", "IpDropTruncated");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4})
    void aHeaderLengthBelowTwentyIsDropped(int words) {
        byte[] packet = ping();
        packet[0] = (byte) (0x40 | words);
        rig.refuses(packet, "IpInHdrErrors", "IpDropHeaderLength");
    }

    @Test
    void aHeaderBeyondTheTotalLengthIsDropped() {
        byte[] packet = Arrays.copyOf(ping(), 60);
        packet[0] = 0x4f;
        put16(packet, 2, 40);
        rig.refuses(fixHeaderChecksum(packet), "IpInHdrErrors", "IpDropHeaderLength");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 19})
    void aTotalLengthBelowTheHeaderIsDropped(int length) {
        byte[] packet = ping();
        put16(packet, 2, length);
        rig.refuses(fixHeaderChecksum(packet), "IpInHdrErrors", "IpDropHeaderLength");
    }

    @ParameterizedTest
    @ValueSource(ints = {61, 1500, 65_535})
    void aTotalLengthAboveTheFrameIsDropped(int length) {
        byte[] packet = ping();
        put16(packet, 2, length);
        rig.refuses(fixHeaderChecksum(packet), "IpInHdrErrors", "IpDropTruncated");
    }

    @Test
    void whatFollowsTheTotalLengthIsNoPartOfThePacket() {
        byte[] packet = ping();
        rig.receive(Arrays.copyOf(packet, packet.length + 13));
        assertThat(rig.reply()).hasSize(packet.length);
    }

    @Test
    @Rfc({"1122", "3.2.1.2"})
    void aWrongHeaderChecksumIsDropped() {
        byte[] packet = ping();
        packet[8]--;
        rig.refuses(packet, "IpInHdrErrors", "IpDropHeaderChecksum");
    }

    @Test
    @Rfc({"1122", "3.2.1.7"})
    void aTimeToLiveOfZeroIsNoReasonToDropWhatHasArrived() {
        rig.receive(packet(PEER4, HOST4).ttl(0).echo(1, 2, pattern(8)).build());
        assertThat(rig.sent()).hasSize(1);
    }

    // Options.

    @Test
    @Rfc({"1122", "3.2.1.8"})
    void optionsNobodyNeedsAreReadOver() {
        rig.receive(packet(PEER4, HOST4)
                .options(1, 148, 4, 0, 0, 7, 7, 4, 0, 0, 0, 0)
                .echo(1, 2, pattern(8))
                .build());
        assertThat(rig.sent()).hasSize(1);
    }

    @Test
    void whatStandsBehindTheEndOfOptionsIsNotRead() {
        rig.receive(packet(PEER4, HOST4).options(0, 131, 0, 0).echo(1, 2, pattern(8)).build());
        assertThat(rig.sent()).hasSize(1);
    }

    @Test
    void anOptionOfLengthZeroIsRefusedWithAParameterProblem() {
        byte[] error = rig.refusesAloud(
                packet(PEER4, HOST4).options(7, 0, 0, 0).echo(1, 2, pattern(8)).build(),
                "IpInHdrErrors",
                "IpDropOptions");
        assertThat(error[20]).as("type").isEqualTo((byte) 12);
        assertThat(error[24]).as("pointer to the length").isEqualTo((byte) 21);
    }

    @Test
    void anOptionOfLengthOneIsRefusedWithAParameterProblem() {
        byte[] error = rig.refusesAloud(
                packet(PEER4, HOST4).options(1, 1, 7, 1).echo(1, 2, pattern(8)).build(),
                "IpInHdrErrors",
                "IpDropOptions");
        assertThat(error[24]).as("pointer to the length").isEqualTo((byte) 23);
    }

    @Test
    void anOptionPastTheEndOfTheHeaderIsRefusedWithAParameterProblem() {
        rig.refusesAloud(
                packet(PEER4, HOST4).options(7, 5, 0, 0).echo(1, 2, pattern(8)).build(),
                "IpInHdrErrors",
                "IpDropOptions");
    }

    @Test
    void anOptionWithoutRoomForItsLengthIsRefusedWithAParameterProblem() {
        rig.refusesAloud(
                packet(PEER4, HOST4).options(1, 1, 1, 7).echo(1, 2, pattern(8)).build(),
                "IpInHdrErrors",
                "IpDropOptions");
    }

    @ParameterizedTest
    @ValueSource(ints = {131, 137})
    void aSourceRouteIsRefused(int option) {
        rig.refuses(
                packet(PEER4, HOST4)
                        .options(option, 7, 4, 10, 77, 0, 9, 0)
                        .echo(1, 2, pattern(8))
                        .build(),
                "IpInHdrErrors",
                "IpDropSourceRoute");
    }

    // Addresses.

    @Test
    void aDestinationThatIsNotOursIsDropped() {
        rig.refuses(pingTo("10.77.0.3"), "IpInAddrErrors", "IpDropNotOurs");
    }

    @Test
    @Rfc({"1122", "3.2.2.6"})
    void aBroadcastDestinationIsDropped() {
        rig.refuses(pingTo("255.255.255.255"), "IpDropBroadcast");
    }

    @Test
    void theDirectedBroadcastAddressIsDropped() {
        rig.refuses(pingTo("10.77.0.255"), "IpDropBroadcast");
    }

    @Test
    void aMulticastDestinationIsDropped() {
        rig.refuses(pingTo("224.0.0.1"), "IpDropMulticast");
    }

    @Test
    void aLoopbackDestinationIsDropped() {
        rig.refuses(pingTo("127.0.0.1"), "IpInAddrErrors", "IpDropNotOurs");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.5", "239.255.255.255", "255.255.255.255", "10.77.0.255"
    })
    @Rfc({"1122", "3.2.1.3"})
    void aSourceThatNoHostHasIsDropped(String src) {
        rig.refuses(pingFrom(src), "IpInAddrErrors", "IpDropMartianSource");
    }

    @Test
    void aPacketFromOurselvesIsDropped() {
        rig.refuses(pingFrom(HOST4), "IpInAddrErrors", "IpDropMartianSource");
    }

    @Test
    void theAddressOfOneLinkIsNotReachedByAnother() {
        try (var two = new CoreRig(
                CoreConfig.DEFAULT, CoreRig.link(0, "10.1.0.2/24"), CoreRig.link(1, "10.2.0.2/24"))) {
            byte[] ping = packet("10.9.0.1", "10.2.0.2").echo(1, 1, pattern(8)).build();
            two.receive(ping, 0);
            assertThat(two.counter("IpDropNotOurs")).isEqualTo(1);
            two.receive(ping, 1);
            assertThat(two.sent()).hasSize(1);
            assertThat(two.devices()).containsExactly(1);
        }
    }

    @Test
    void aCapturingLinkAcceptsEveryUnicastDestination() {
        var link = new Link(0, "capture", List.of(Prefix.parse("10.0.0.1/8")), 1500, 0, 5, true);
        try (var capture = new CoreRig(CoreConfig.DEFAULT, link)) {
            capture.receive(packet("10.1.2.3", "93.184.216.34").echo(1, 1, pattern(8)).build());
            byte[] reply = capture.reply();
            assertThat(i32(reply, 12)).as("source").isEqualTo(0x5db8d822);
            for (String dst : List.of("224.0.0.1", "255.255.255.255", "10.255.255.255", "127.0.0.1", "0.0.0.0")) {
                capture.receive(packet("10.1.2.3", dst).echo(1, 1, pattern(8)).build());
            }
            assertThat(capture.sent()).isEmpty();
        }
    }

    // The device's word.

    @Test
    void aFrameFromAnUnknownDeviceIsDropped() {
        rig.receive(ping(), 9);
        assertThat(rig.counter("DropUnknownDevice")).isEqualTo(1);
    }

    @Test
    void aSuperFrameTypeOfTheOtherVersionIsDropped() {
        Frame frame = rig.frame(packet(PEER4, HOST4).tcp(1, 2, 3, 2).build());
        rig.receive(frame.gso(Frame.GSO_TCP6, 1000));
        assertThat(rig.counter("IpDropOffload")).isEqualTo(1);
    }

    @Test
    void aSuperFrameOfAnotherProtocolIsDropped() {
        rig.receive(rig.frame(ping()).gso(Frame.GSO_TCP4, 1000));
        assertThat(rig.counter("IpDropOffload")).isEqualTo(1);
    }

    @Test
    void aSuperFrameOfSegmentSizeZeroIsDropped() {
        rig.receive(rig.frame(packet(PEER4, HOST4).tcp(1, 2, 3, 2).build()).gso(Frame.GSO_TCP4, 0));
        assertThat(rig.counter("IpDropOffload")).isEqualTo(1);
    }

    @Test
    void aPartialChecksumThatStartsElsewhereThanAtTheTransportIsDropped() {
        rig.receive(rig.frame(packet(PEER4, HOST4).tcp(1, 2, 3, 2).build()).partialChecksum(24, 16));
        assertThat(rig.counter("IpDropOffload")).isEqualTo(1);
    }

    @Test
    void aPartialChecksumIsTrusted() {
        rig.receive(rig.frame(packet(PEER4, HOST4).udp(5, 6, pattern(9)).withoutTransportChecksum().build())
                .partialChecksum(20, 6));
        assertThat(rig.counter("UdpNoPorts")).isEqualTo(1);
        assertThat(rig.sent()).hasSize(1);
    }

    @Test
    void aChecksumThatTheDeviceVerifiedIsTrusted() {
        byte[] packet = packet(PEER4, HOST4).udp(5, 6, pattern(9)).build();
        packet[27] ^= 1;
        rig.receive(rig.frame(packet).checksumState(Frame.CHECKSUM_VALID));
        assertThat(rig.counter("UdpNoPorts")).isEqualTo(1);
        rig.sent();
    }

    // Transports.

    @Test
    void aWrongTcpChecksumIsDropped() {
        byte[] packet = packet(PEER4, HOST4).tcp(1, 2, 3, 2).build();
        packet[25] ^= 1;
        rig.refuses(packet);
        assertThat(rig.counter("TcpInCsumErrors")).isEqualTo(1);
        assertThat(rig.counter("TcpInErrs")).isEqualTo(1);
    }

    @Test
    void aWrongUdpChecksumIsDropped() {
        byte[] packet = packet(PEER4, HOST4).udp(1, 2, pattern(5)).build();
        packet[30] ^= 1;
        rig.refuses(packet);
        assertThat(rig.counter("UdpInCsumErrors")).isEqualTo(1);
    }

    @Test
    @Rfc({"1122", "4.1.3.4"})
    void aUdpDatagramWithoutChecksumIsTaken() {
        rig.receive(packet(PEER4, HOST4).udp(1, 2, pattern(5)).withoutTransportChecksum().build());
        assertThat(rig.counter("UdpNoPorts")).isEqualTo(1);
        rig.sent();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 14, 65_535})
    void aUdpLengthOutsideThePacketIsDropped(int length) {
        byte[] packet = packet(PEER4, HOST4).udp(1, 2, pattern(5)).withoutTransportChecksum().build();
        put16(packet, 24, length);
        rig.refuses(packet, "UdpDropLength");
    }

    @Test
    void aUdpHeaderCutShortIsDropped() {
        rig.refuses(packet(PEER4, HOST4).protocol(17).payload(bytes(1, 2, 3)).build(), "UdpDropLength");
    }

    @Test
    @Rfc({"1122", "3.2.2.1"})
    void anUnknownProtocolIsAnsweredWithProtocolUnreachable() {
        byte[] error = rig.refusesAloud(packet(PEER4, HOST4).protocol(132).payload(pattern(40)).build());
        assertThat(error[20]).as("type").isEqualTo((byte) 3);
        assertThat(error[21]).as("code").isEqualTo((byte) 2);
        assertThat(rig.counter("IpInUnknownProtos")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 41})
    void ipInIpIsAnUnknownProtocol(int protocol) {
        byte[] inner = packet("192.0.2.1", HOST4).echo(1, 1, pattern(8)).build();
        byte[] error = rig.refusesAloud(packet(PEER4, HOST4).protocol(protocol).payload(inner).build());
        assertThat(error[21]).as("code").isEqualTo((byte) 2);
    }

    @Test
    void icmpForTheOtherVersionIsAnUnknownProtocol() {
        byte[] error = rig.refusesAloud(packet(PEER4, HOST4)
                .protocol(58)
                .payload(bytes(128, 0, 0, 0, 0, 0, 0, 0))
                .withoutTransportChecksum()
                .build());
        assertThat(error[21]).as("code").isEqualTo((byte) 2);
    }
}
