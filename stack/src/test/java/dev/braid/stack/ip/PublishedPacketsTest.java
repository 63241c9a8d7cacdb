package dev.braid.stack.ip;

import static dev.braid.stack.rig.CoreRig.HOST4;
import static dev.braid.stack.rig.CoreRig.HOST6;
import static dev.braid.stack.rig.CoreRig.PEER4;
import static dev.braid.stack.rig.CoreRig.PEER6;
import static dev.braid.stack.rig.PacketBytes.bytes;
import static dev.braid.stack.rig.PacketBytes.fixHeaderChecksum;
import static dev.braid.stack.rig.PacketBytes.packet;
import static dev.braid.stack.rig.PacketBytes.pattern;
import static dev.braid.stack.rig.PacketBytes.put16;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.Protocol;
import dev.braid.stack.rig.CoreRig;
import dev.braid.stack.rig.PacketBytes;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** IP packets that took other stacks over or down, by the names under which they were published; docs/hardening.md lists them. */
class PublishedPacketsTest {
    private final CoreRig rig = new CoreRig();

    @AfterEach
    void nothingLeaks() {
        rig.close();
    }

    private void stillAnswers() {
        rig.sent();
        rig.receive(packet(PEER4, HOST4).echo(1, 2, pattern(32)).build());
        assertThat(rig.reply()).hasSize(60);
        rig.receive(packet(PEER6, HOST6).echo(1, 2, pattern(32)).build());
        assertThat(rig.reply()).hasSize(80);
        assertThat(rig.frames.inUse()).as("frames in use").isZero();
        assertThat(rig.defects()).isEmpty();
    }

    /** Ripple20, CVE-2020-11896: a fragmented packet in a tunnel, whose trimmed length the Treck stack took for another's. */
    @Test
    void ripple20FragmentedTunnelIsAnUnknownProtocolOnceWhole() {
        byte[] inner = packet("192.0.2.1", HOST4).udp(7, 7, pattern(400)).build();
        // The inner packet claims less than the outer one carries.
        put16(inner, 2, 40);
        fixHeaderChecksum(inner);
        byte[] first = Arrays.copyOfRange(inner, 0, 200);
        byte[] last = Arrays.copyOfRange(inner, 200, inner.length);
        rig.receive(packet(PEER4, HOST4).protocol(4).fragment(9, 0, true).payload(first).build());
        assertThat(rig.sent()).isEmpty();
        rig.receive(packet(PEER4, HOST4).protocol(4).fragment(9, 200, false).payload(last).build());
        byte[] error = rig.reply();
        assertThat(error[20]).as("unreachable").isEqualTo((byte) 3);
        assertThat(error[21]).as("protocol").isEqualTo((byte) 2);
        stillAnswers();
    }

    /** Ripple20, CVE-2020-11898: a reply that leaked memory behind a packet whose lengths disagreed. */
    @Test
    void ripple20ReplyQuotesNoMoreThanThePacketHad() {
        byte[] padded = Arrays.copyOf(packet(PEER4, HOST4).echo(1, 2, pattern(8)).build(), 200);
        rig.receive(padded);
        assertThat(rig.reply()).as("the reply").hasSize(36);
        byte[] unknown = Arrays.copyOf(packet(PEER4, HOST4).protocol(200).payload(pattern(8)).build(), 200);
        rig.receive(unknown);
        assertThat(rig.reply()).as("the error").hasSize(20 + 8 + 28);
        stillAnswers();
    }

    /** Ripple20, CVE-2020-11902: IPv6 in IPv4, and lengths of the inner header that are not there. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 39, 40})
    void ripple20TunnelledRuntsAreNotOpened(int length) {
        byte[] inner = Arrays.copyOf(packet(PEER6, HOST6).echo(1, 1, pattern(8)).build(), length);
        rig.receive(packet(PEER4, HOST4).protocol(41).payload(inner).build());
        stillAnswers();
    }

    /** AMNESIA:33, CVE-2020-13984 to 13986: extension headers of length 0 on which uIP went round for ever. */
    @ParameterizedTest
    @ValueSource(ints = {Protocol.HOP_BY_HOP, Protocol.DESTINATION_OPTIONS, Protocol.ROUTING})
    void amnesia33EndlessExtensionHeadersEnd(int type) {
        PacketBytes packet = packet(PEER6, HOST6).echo(1, 2, pattern(8));
        for (int i = 0; i < 120; i++) {
            packet.extension(type, 0, 0, 1, 4, 0, 0, 0, 0);
        }
        rig.receive(packet.build());
        assertThat(rig.counter("Ip6InDelivers")).isZero();
        stillAnswers();
    }

    /** AMNESIA:33, CVE-2020-17441 and 17444: payload and extension lengths that are not those of the packet. */
    @Test
    void amnesia33LengthsBeyondThePacketAreNamedDrops() {
        byte[] tooLong = packet(PEER6, HOST6).echo(1, 2, pattern(32)).build();
        put16(tooLong, 4, 60_000);
        rig.receive(tooLong);
        byte[] extension = packet(PEER6, HOST6).extension(Protocol.DESTINATION_OPTIONS, 0, 0, 1, 4, 0, 0, 0, 0)
                .echo(1, 2, pattern(32))
                .build();
        extension[41] = (byte) 255;
        rig.receive(extension);
        assertThat(rig.counter("Ip6InDelivers")).isZero();
        assertThat(rig.counter("Ip6InHdrErrors")).isEqualTo(2);
        stillAnswers();
    }

    /** URGENT/11, CVE-2019-12256: source routes, malformed and doubled, whose copy into an ICMP error overflowed VxWorks's stack. */
    @Test
    void urgent11SourceRoutesAreNotCopiedIntoErrors() {
        for (int[] options : new int[][] {
            {131, 39, 4, 10, 77, 0, 3, 0}, {131, 3, 255, 137, 3, 255, 0, 0}, {131, 4, 4, 131, 4, 4, 131, 4},
            {137, 2, 0, 0}, {7, 39, 4, 0}}) {
            rig.receive(packet(PEER4, HOST4).options(options).protocol(200).payload(pattern(8)).build());
            for (byte[] error : rig.sent()) {
                assertThat(error.length).isLessThanOrEqualTo(576);
                assertThat(error[0]).as("an error without options").isEqualTo((byte) 0x45);
            }
        }
        stillAnswers();
    }

    /** INFRA:HALT, CVE-2020-35683: an echo that claims more bytes than came made NicheStack read beyond its buffer. */
    @ParameterizedTest
    @ValueSource(ints = {61, 100, 1500, 65_535})
    void infraHaltEchoThatClaimsMoreThanCameIsDropped(int claimed) {
        byte[] ping = packet(PEER4, HOST4).echo(1, 2, pattern(32)).build();
        put16(ping, 2, claimed);
        rig.refuses(fixHeaderChecksum(ping), "IpInHdrErrors", "IpDropTruncated");
    }

    /** The ping of death (1996): a last fragment that ends beyond 65,535, and the largest echo that does not. */
    @Test
    void thePingOfDeathIsDroppedAndTheLargestEchoIsAnswered() {
        rig.receive(packet(PEER4, HOST4).protocol(Protocol.ICMP).fragment(3, 0, true).payload(pattern(1480)).build());
        rig.receive(packet(PEER4, HOST4).protocol(Protocol.ICMP).fragment(3, 65_120, false).payload(pattern(1480))
                .build());
        assertThat(rig.sent()).isEmpty();
        assertThat(rig.counter("IpDropFragment")).isPositive();
        byte[] largest = packet(PEER4, HOST4).echo(1, 2, pattern(65_507)).build();
        assertThat(largest).hasSize(65_535);
        rig.receive(largest);
        int bytes = rig.sent().stream().mapToInt(piece -> piece.length - 20).sum();
        assertThat(bytes).as("bytes of the reply").isEqualTo(65_515);
        rig.after(61_000_000_000L);
        stillAnswers();
    }

    /** FragmentSmack, CVE-2018-5391: a flood of incomplete datagrams, in both versions, pins bounded memory and ends. */
    @Test
    void fragmentSmackPinsBoundedMemoryAndEnds() {
        for (int i = 0; i < 5_000; i++) {
            rig.receive(packet(PEER4, HOST4).protocol(Protocol.UDP).fragment(i, 8 * (i % 7), true).payload(pattern(8))
                    .build());
            rig.receive(packet(PEER6, HOST6).protocol(Protocol.UDP).fragment(i, 8 * (i % 7), true).payload(pattern(8))
                    .build());
        }
        assertThat((long) rig.frames.inUse() * 2048).as("bytes pinned").isLessThan(4 << 20);
        rig.after(61_000_000_000L);
        assertThat(rig.core.incompleteDatagrams()).isZero();
        rig.sent();
        stillAnswers();
    }

    /** Nothing in front of a transport header that ends too soon, in either version, is read as a port. */
    @Test
    void transportHeadersCutShortReachNobody() {
        for (int length = 0; length < 20; length++) {
            rig.receive(packet(PEER4, HOST4).protocol(Protocol.TCP).payload(pattern(length)).build());
            rig.receive(packet(PEER6, HOST6).protocol(Protocol.TCP).payload(pattern(length)).build());
        }
        assertThat(rig.sent()).isEmpty();
        assertThat(rig.counter("TcpInErrs")).isEqualTo(40);
        rig.receive(packet(PEER4, HOST4).protocol(Protocol.ICMP).payload(bytes(8)).withoutTransportChecksum().build());
        stillAnswers();
    }
}
