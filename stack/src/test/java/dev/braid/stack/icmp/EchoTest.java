package dev.braid.stack.icmp;

import static dev.braid.stack.rig.CoreRig.HOST4;
import static dev.braid.stack.rig.CoreRig.HOST6;
import static dev.braid.stack.rig.CoreRig.PEER4;
import static dev.braid.stack.rig.CoreRig.PEER6;
import static dev.braid.stack.rig.PacketBytes.i32;
import static dev.braid.stack.rig.PacketBytes.packet;
import static dev.braid.stack.rig.PacketBytes.pattern;
import static dev.braid.stack.rig.PacketBytes.transportChecksumIsRight;
import static dev.braid.stack.rig.PacketBytes.u16;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.Link;
import dev.braid.stack.rig.CoreRig;
import dev.braid.stack.rig.PacketBytes;
import dev.braid.testing.Rfc;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EchoTest {
    private final CoreRig rig = new CoreRig();

    @AfterEach
    void nothingLeaks() {
        rig.close();
    }

    private static PacketBytes request(int version) {
        return version == 4 ? packet(PEER4, HOST4) : packet(PEER6, HOST6);
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "7", "56", "1471", "1472"})
    @Rfc({"1122", "3.2.2.6"})
    void anIpv4RequestIsAnsweredWithTheSameBytes(int length) {
        rig.receive(request(4).ttl(3).trafficClass(0xb9).echo(0xbeef, 0x1234, pattern(length)).build());
        byte[] reply = rig.reply();
        assertThat(reply).hasSize(28 + length);
        assertThat(i32(reply, 12)).as("source").isEqualTo(0x0a4d0002);
        assertThat(i32(reply, 16)).as("destination").isEqualTo(0x0a4d0001);
        assertThat(reply[8]).as("ttl").isEqualTo((byte) 64);
        assertThat(reply[1]).as("DSCP of the request without its ECN").isEqualTo((byte) 0xb8);
        assertThat(reply[20]).as("type").isZero();
        assertThat(i32(reply, 24)).as("identifier and sequence").isEqualTo(0xbeef1234);
        assertThat(Arrays.copyOfRange(reply, 28, reply.length)).isEqualTo(pattern(length));
        assertThat(transportChecksumIsRight(reply)).isTrue();
        assertThat(PacketBytes.fixHeaderChecksum(reply.clone())).as("header checksum").isEqualTo(reply);
        assertThat(rig.counter("IcmpInEchos")).isEqualTo(1);
        assertThat(rig.counter("IcmpOutEchoReps")).isEqualTo(1);
        assertThat(rig.counter("IcmpOutMsgs")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "7", "56", "1451", "1452"})
    @Rfc({"4443", "4.2"})
    void anIpv6RequestIsAnsweredWithTheSameBytes(int length) {
        rig.receive(request(6).trafficClass(0xb9).echo(0xbeef, 0x1234, pattern(length)).build());
        byte[] reply = rig.reply();
        assertThat(reply).hasSize(48 + length);
        assertThat(reply[0] & 0xff).isEqualTo(0x6b);
        assertThat(reply[1] & 0xff).as("DSCP of the request without its ECN").isEqualTo(0x80);
        assertThat(reply[7]).as("hop limit").isEqualTo((byte) 64);
        assertThat(reply[40] & 0xff).as("type").isEqualTo(129);
        assertThat(i32(reply, 44)).as("identifier and sequence").isEqualTo(0xbeef1234);
        assertThat(Arrays.copyOfRange(reply, 48, reply.length)).isEqualTo(pattern(length));
        assertThat(transportChecksumIsRight(reply)).isTrue();
        assertThat(rig.counter("Icmp6OutEchoReplies")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void aReplyThatDoesNotFitTheLinkIsCutAndThePiecesFit(int version) {
        Link link = CoreRig.link(0, 1400, HOST4 + "/24", HOST6 + "/64");
        try (var narrow = new CoreRig(CoreConfig.DEFAULT, link)) {
            narrow.receive(request(version).echo(1, 1, pattern(3000)).build());
            List<byte[]> pieces = narrow.sent();
            assertThat(pieces).hasSize(3).allMatch(piece -> piece.length <= 1400);
            if (version == 4) {
                assertThat(pieces).allMatch(piece -> u16(piece, 4) == u16(pieces.getFirst(), 4));
                assertThat(u16(pieces.getFirst(), 6)).as("more fragments, may be cut again").isEqualTo(0x2000);
                assertThat(u16(pieces.getLast(), 6)).isEqualTo(2 * 1376 / 8);
            }
            // The pieces put together again are the reply: another core says so.
            pieces.forEach(piece -> narrow.receive(mirrored(piece, version)));
            assertThat(narrow.counter(version == 4 ? "IcmpInEchoReps" : "Icmp6InEchoReplies")).isEqualTo(1);
            assertThat(narrow.counter(version == 4 ? "IpReasmOKs" : "Ip6ReasmOKs")).isEqualTo(1);
            assertThat(narrow.counter(version == 4 ? "IcmpInErrors" : "Icmp6InErrors")).isZero();
        }
    }

    /** The packet with source and destination exchanged, which changes no checksum. */
    private static byte[] mirrored(byte[] packet, int version) {
        byte[] mirrored = packet.clone();
        int at = version == 4 ? 12 : 8;
        int size = version == 4 ? 4 : 16;
        System.arraycopy(packet, at, mirrored, at + size, size);
        System.arraycopy(packet, at + size, mirrored, at, size);
        return mirrored;
    }

    @Test
    void consecutiveDatagramsThatAreCutHaveDifferentIdentifications() {
        Link link = CoreRig.link(0, 600, HOST4 + "/24", HOST6 + "/64");
        try (var narrow = new CoreRig(CoreConfig.DEFAULT, link)) {
            narrow.receive(request(4).echo(1, 1, pattern(1000)).build());
            int first = u16(narrow.sent().getFirst(), 4);
            narrow.receive(request(4).echo(1, 2, pattern(1000)).build());
            assertThat(u16(narrow.sent().getFirst(), 4)).isNotEqualTo(first);
        }
    }

    @Test
    @Rfc({"6864", "4.1"})
    void anAtomicReplyTellsNothingByItsIdentification() {
        rig.receive(request(4).id(77).echo(1, 1, pattern(8)).build());
        byte[] reply = rig.reply();
        assertThat(u16(reply, 4)).as("identification").isZero();
        assertThat(u16(reply, 6)).as("do not fragment").isEqualTo(0x4000);
    }

    @Test
    void repliesAreNotRateLimited() {
        for (int i = 0; i < 5000; i++) {
            rig.receive(request(4).echo(1, i, pattern(8)).build());
        }
        assertThat(rig.sent()).hasSize(5000);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void aMessageShorterThanItsHeaderIsDropped(int version) {
        byte[] packet = request(version)
                .protocol(version == 4 ? 1 : 58)
                .payload(PacketBytes.bytes(version == 4 ? 8 : 128, 0, 0, 0, 1, 1))
                .build();
        rig.refuses(packet, version == 4 ? "IcmpDropTruncated" : "Icmp6DropTruncated");
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void requestsAreLeftUnansweredWhenToldSo(int version) {
        Link link = CoreRig.link(0, HOST4 + "/24", HOST6 + "/64");
        try (var silent = new CoreRig(CoreConfig.with(c -> c.icmpEchoIgnoreAll = true), link)) {
            silent.receive(request(version).echo(1, 1, pattern(8)).build());
            assertThat(silent.sent()).isEmpty();
            assertThat(silent.frames.inUse()).isZero();
        }
    }

    @Test
    void aReplyNobodyAskedForIsDropped() {
        rig.refuses(request(4).icmp(0, 0, 0x10001, pattern(8)).build(), "IcmpDropIgnored");
        assertThat(rig.counter("IcmpInEchoReps")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 10, 13, 15, 17, 30, 255})
    void otherMessagesAreDropped(int type) {
        rig.refuses(request(4).icmp(type, 0, 0, pattern(20)).build(), "IcmpDropIgnored");
    }

    @ParameterizedTest
    @ValueSource(ints = {130, 133, 134, 135, 136, 138, 200})
    void otherIcmpv6MessagesAreDropped(int type) {
        rig.refuses(request(6).icmp(type, 0, 0, pattern(40)).build(), "Icmp6DropIgnored");
    }
}
