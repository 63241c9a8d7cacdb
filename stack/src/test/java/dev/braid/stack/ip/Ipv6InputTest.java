package dev.braid.stack.ip;

import static dev.braid.stack.rig.CoreRig.HOST6;
import static dev.braid.stack.rig.CoreRig.PEER6;
import static dev.braid.stack.rig.PacketBytes.i32;
import static dev.braid.stack.rig.PacketBytes.packet;
import static dev.braid.stack.rig.PacketBytes.pattern;
import static dev.braid.stack.rig.PacketBytes.put16;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.stack.rig.CoreRig;
import dev.braid.stack.rig.PacketBytes;
import dev.braid.testing.Rfc;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Ipv6InputTest {
    private static final int PARAMETER_PROBLEM = 4;
    private static final int HBH = Protocol.HOP_BY_HOP;
    private static final int DEST = Protocol.DESTINATION_OPTIONS;
    private static final int ROUTING = Protocol.ROUTING;

    private final CoreRig rig = new CoreRig();

    @AfterEach
    void nothingLeaks() {
        rig.close();
    }

    private static PacketBytes ping() {
        return packet(PEER6, HOST6).echo(1, 2, pattern(32));
    }

    private static byte[] pingFrom(String src) {
        return packet(src, HOST6).echo(1, 2, pattern(32)).build();
    }

    private static byte[] pingTo(String dst) {
        return packet(PEER6, dst).echo(1, 2, pattern(32)).build();
    }

    private void answersParameterProblem(byte[] packet, String reason, int code, int pointer) {
        byte[] error = rig.refusesAloud(packet, "Ip6InHdrErrors", reason);
        assertThat(error[40]).as("type").isEqualTo((byte) PARAMETER_PROBLEM);
        assertThat(error[41]).as("code").isEqualTo((byte) code);
        assertThat(i32(error, 44)).as("pointer").isEqualTo(pointer);
        assertThat(Arrays.copyOfRange(error, 48, error.length)).as("quotation").isEqualTo(packet);
    }

    @Test
    void aGoodPacketIsDelivered() {
        rig.receive(ping().build());
        assertThat(rig.sent()).hasSize(1);
        assertThat(rig.counter("Ip6InDelivers")).isEqualTo(1);
        assertThat(rig.drops()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 39})
    void aRuntFrameIsDropped(int length) {
        rig.refuses(Arrays.copyOf(ping().build(), length), "Ip6InHdrErrors", "Ip6DropTruncated");
    }

    @ParameterizedTest
    @ValueSource(ints = {41, 1460, 65_535})
    void aPayloadLengthAboveTheFrameIsDropped(int length) {
        byte[] packet = ping().build();
        put16(packet, 4, length);
        rig.refuses(packet, "Ip6InHdrErrors", "Ip6DropTruncated");
    }

    @Test
    void whatFollowsThePayloadIsNoPartOfThePacket() {
        byte[] packet = ping().build();
        rig.receive(Arrays.copyOf(packet, packet.length + 3));
        assertThat(rig.reply()).hasSize(packet.length);
    }

    // Addresses.

    @ParameterizedTest
    @ValueSource(strings = {"::", "::1", "ff02::1", "ff0e::1234", "::ffff:10.77.0.1"})
    @Rfc({"4291", "2.7"})
    void aSourceThatNoHostHasIsDropped(String src) {
        // The builder would write an IPv4-mapped source as 4 bytes.
        byte[] packet = pingFrom(PEER6);
        IpAddress address = IpAddress.parse(src);
        for (int i = 0; i < 8; i++) {
            packet[8 + i] = (byte) (address.hi() >>> (56 - 8 * i));
            packet[16 + i] = (byte) (address.lo() >>> (56 - 8 * i));
        }
        rig.refuses(packet, "Ip6InAddrErrors", "Ip6DropMartianSource");
    }

    @Test
    void anIpv4MappedDestinationIsDropped() {
        byte[] packet = ping().build();
        Arrays.fill(packet, 24, 34, (byte) 0);
        put16(packet, 34, 0xffff);
        put16(packet, 36, 0x0a4d);
        put16(packet, 38, 2);
        rig.refuses(packet, "Ip6InAddrErrors", "Ip6DropMartianSource");
    }

    @Test
    void aPacketFromOurselvesIsDropped() {
        rig.refuses(pingFrom(HOST6), "Ip6InAddrErrors", "Ip6DropMartianSource");
    }

    @Test
    void aDestinationThatIsNotOursIsDropped() {
        rig.refuses(pingTo("fd77::3"), "Ip6InAddrErrors", "Ip6DropNotOurs");
    }

    @Test
    void aMulticastDestinationIsDropped() {
        rig.refuses(pingTo("ff02::1"), "Ip6DropMulticast");
        assertThat(rig.counter("Ip6InMcastPkts")).isEqualTo(1);
    }

    // Extension headers.

    @Test
    @Rfc({"8200", "4.1"})
    void extensionHeadersAreWalkedToTheTransport() {
        rig.receive(ping().extension(HBH, 0, 0, 1, 4, 0, 0, 0, 0)
                .extension(DEST, 0, 0, 1, 4, 0, 0, 0, 0)
                .build());
        byte[] reply = rig.reply();
        assertThat(reply).as("the reply has no extension headers").hasSize(40 + 8 + 32);
    }

    @Test
    void anExtensionHeaderPastTheEndIsDropped() {
        rig.refuses(
                ping().extension(DEST, 0, 200, 1, 4, 0, 0, 0, 0).build(), "Ip6InHdrErrors", "Ip6DropOptions");
    }

    @Test
    void aPacketThatEndsInAnExtensionHeaderIsDropped() {
        byte[] packet = packet(PEER6, HOST6).protocol(DEST).payload(pattern(4)).build();
        rig.refuses(packet, "Ip6InHdrErrors", "Ip6DropOptions");
    }

    @Test
    void aLoopOfExtensionHeadersEndsAtItsBound() {
        PacketBytes packet = ping();
        for (int i = 0; i < 100; i++) {
            packet.extension(DEST, 0, 0, 1, 4, 0, 0, 0, 0);
        }
        rig.refuses(packet.build(), "Ip6InHdrErrors", "Ip6DropOptions");
    }

    @Test
    void anOptionPastTheEndOfItsHeaderIsDropped() {
        rig.refuses(ping().extension(DEST, 0, 0, 1, 9, 0, 0, 0, 0).build(), "Ip6InHdrErrors", "Ip6DropOptions");
    }

    @Test
    void paddingAbuseIsBoundedByThePacket() {
        int[] padding = new int[8 * 150];
        padding[1] = 149;
        rig.receive(ping().extension(DEST, padding).build());
        assertThat(rig.sent()).hasSize(1);
    }

    @Test
    @Rfc({"8200", "4.4"})
    @Rfc({"5095", "3"})
    void routingHeaderZeroIsRefusedWithAParameterProblem() {
        byte[] packet = ping().extension(
                ROUTING,
                0, 2, 0, 1, 0, 0, 0, 0, 0xfd, 0x77, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9)
                .build();
        answersParameterProblem(packet, "Ip6DropSourceRoute", 0, 42);
    }

    @Test
    @Rfc({"8200", "4.4"})
    void anUnknownRoutingTypeThatIsDoneIsReadOver() {
        rig.receive(ping().extension(ROUTING, 0, 0, 77, 0, 0, 0, 0, 0).build());
        assertThat(rig.sent()).hasSize(1);
    }

    @Test
    @Rfc({"8200", "4.1"})
    void hopByHopOptionsElsewhereThanFirstAreRefused() {
        byte[] packet = ping().extension(DEST, 0, 0, 1, 4, 0, 0, 0, 0)
                .extension(HBH, 0, 0, 1, 4, 0, 0, 0, 0)
                .build();
        answersParameterProblem(packet, "Ip6DropOptions", 1, 40);
    }

    @Test
    @Rfc({"8200", "4.2"})
    void unknownOptionsAreTreatedAsTheirHighBitsSay() {
        rig.receive(ping().extension(DEST, 0, 0, 0x1e, 4, 0, 0, 0, 0).build());
        assertThat(rig.sent()).as("00: skip").hasSize(1);
        rig.receive(ping().extension(DEST, 0, 0, 0x5e, 4, 0, 0, 0, 0).build());
        assertThat(rig.sent()).as("01: drop").isEmpty();
        assertThat(rig.counter("Ip6DropOptions")).isEqualTo(1);
        for (int type : new int[] {0x9e, 0xde}) {
            rig.receive(ping().extension(DEST, 0, 0, type, 4, 0, 0, 0, 0).build());
            byte[] error = rig.reply();
            assertThat(error[40]).isEqualTo((byte) PARAMETER_PROBLEM);
            assertThat(error[41]).as("code").isEqualTo((byte) 2);
            assertThat(i32(error, 44)).as("pointer").isEqualTo(42);
        }
    }

    @Test
    void aJumbogramIsDropped() {
        byte[] packet = ping().extension(HBH, 0, 0, 0xc2, 4, 0, 1, 0, 0).build();
        rig.refuses(packet, "Ip6InHdrErrors", "Ip6DropJumbogram");
    }

    @Test
    void aJumbogramWithPayloadLengthZeroIsDropped() {
        byte[] packet = ping().extension(HBH, 0, 0, 0xc2, 4, 0, 1, 0, 0).build();
        put16(packet, 4, 0);
        rig.receive(packet);
        assertThat(rig.sent()).isEmpty();
        assertThat(rig.counter("Ip6DropOptions")).isEqualTo(1);
    }

    @Test
    @Rfc({"8200", "4.7"})
    void nothingFollowsNoNextHeader() {
        rig.refuses(packet(PEER6, HOST6).protocol(59).payload(pattern(12)).build(), "Ip6DropNoPayload");
    }

    @Test
    @Rfc({"8200", "4"})
    void anUnknownNextHeaderIsAnsweredWithAParameterProblemThatPointsAtIt() {
        byte[] packet = packet(PEER6, HOST6)
                .protocol(132)
                .payload(pattern(16))
                .extension(DEST, 0, 0, 1, 4, 0, 0, 0, 0)
                .build();
        byte[] error = rig.refusesAloud(packet);
        assertThat(error[40]).isEqualTo((byte) PARAMETER_PROBLEM);
        assertThat(error[41]).as("code").isEqualTo((byte) 1);
        assertThat(i32(error, 44)).as("pointer").isEqualTo(40);
        assertThat(rig.counter("Ip6InUnknownProtos")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {50, 51, 4, 41})
    void encryptionAndTunnelsAreUnknownProtocols(int protocol) {
        byte[] error = rig.refusesAloud(
                packet(PEER6, HOST6).protocol(protocol).payload(pattern(60)).build());
        assertThat(error[41]).as("code").isEqualTo((byte) 1);
        assertThat(i32(error, 44)).as("pointer").isEqualTo(6);
    }

    // Checksums.

    @Test
    @Rfc({"8200", "8.1"})
    void aUdpDatagramWithoutChecksumIsDropped() {
        rig.refuses(packet(PEER6, HOST6).udp(1, 2, pattern(5)).withoutTransportChecksum().build());
        assertThat(rig.counter("Udp6InCsumErrors")).isEqualTo(1);
    }

    @Test
    void aWrongIcmpChecksumIsDropped() {
        byte[] packet = ping().build();
        packet[50] ^= 1;
        rig.refuses(packet);
        assertThat(rig.counter("Icmp6InCsumErrors")).isEqualTo(1);
        assertThat(rig.counter("Icmp6InErrors")).isEqualTo(1);
    }

    @Test
    void aSuperFrameTypeOfTheOtherVersionIsDropped() {
        Frame frame = rig.frame(packet(PEER6, HOST6).tcp(1, 2, 3, 2).build());
        rig.receive(frame.gso(Frame.GSO_TCP4, 1000));
        assertThat(rig.counter("Ip6DropOffload")).isEqualTo(1);
    }
}
