package dev.braid.stack.ip;

import static dev.braid.stack.rig.CoreRig.HOST4;
import static dev.braid.stack.rig.CoreRig.HOST6;
import static dev.braid.stack.rig.CoreRig.PEER4;
import static dev.braid.stack.rig.CoreRig.PEER6;
import static dev.braid.stack.rig.PacketBytes.i32;
import static dev.braid.stack.rig.PacketBytes.packet;
import static dev.braid.stack.rig.PacketBytes.pattern;
import static dev.braid.stack.rig.PacketBytes.put16;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.rig.CoreRig;
import dev.braid.stack.rig.PacketBytes;
import dev.braid.testing.Rfc;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReassemblyTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final int ID = 0x1234;
    /** Bytes of the ICMP header and the data of {@link #datagram}. */
    private static final int LENGTH = 408;

    private CoreRig rig = new CoreRig();

    @AfterEach
    void nothingLeaks() {
        rig.close();
    }

    private void limit(long timeNs, int memory, int datagrams, int fragments) {
        rig.close();
        rig = new CoreRig(
                CoreConfig.with(c -> {
                    c.ipFragTimeNs = timeNs;
                    c.ipFragHighThresh = memory;
                    c.ipFragMaxDatagrams = datagrams;
                    c.ipFragMaxFragments = fragments;
                }),
                CoreRig.link(0, HOST4 + "/24", HOST6 + "/64"));
    }

    private static PacketBytes base(int version) {
        return version == 4 ? packet(PEER4, HOST4) : packet(PEER6, HOST6);
    }

    private static byte[] datagram(int version, int dataLength) {
        return base(version).echo(9, 9, pattern(dataLength)).transport();
    }

    private static byte[] datagram(int version) {
        return datagram(version, LENGTH - 8);
    }

    private static int protocol(int version) {
        return version == 4 ? Protocol.ICMP : Protocol.ICMPV6;
    }

    private static byte[] piece(int version, int id, byte[] datagram, int from, int to, boolean more) {
        return base(version)
                .protocol(protocol(version))
                .fragment(id, from, more)
                .payload(Arrays.copyOfRange(datagram, from, to))
                .build();
    }

    private static byte[] piece(int version, int from, int to) {
        return piece(version, ID, datagram(version), from, to, to < LENGTH);
    }

    private static List<byte[]> pieces(int version, int id, byte[] datagram, int size) {
        var pieces = new ArrayList<byte[]>();
        for (int from = 0; from < datagram.length; from += size) {
            int to = Math.min(datagram.length, from + size);
            pieces.add(piece(version, id, datagram, from, to, to < datagram.length));
        }
        return pieces;
    }

    private String name(int version, String counter) {
        return (version == 4 ? "Ip" : "Ip6") + counter;
    }

    private long counter(int version, String counter) {
        return rig.counter(name(version, counter));
    }

    private void answersTheWholeDatagram(int version) {
        byte[] reply = rig.reply();
        int header = version == 4 ? 20 : 40;
        assertThat(reply).hasSize(header + LENGTH);
        assertThat(Arrays.copyOfRange(reply, header + 8, reply.length)).isEqualTo(pattern(LENGTH - 8));
        assertThat(rig.frames.inUse()).isZero();
        assertThat(rig.core.incompleteDatagrams()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    @Rfc({"1122", "3.3.2"})
    void fragmentsInOrderMakeADatagram(int version) {
        rig.receive(piece(version, 0, 200)).receive(piece(version, 200, 400));
        assertThat(rig.sent()).isEmpty();
        rig.receive(piece(version, 400, LENGTH));
        answersTheWholeDatagram(version);
        assertThat(counter(version, "ReasmReqds")).isEqualTo(3);
        assertThat(counter(version, "ReasmOKs")).isEqualTo(1);
        assertThat(counter(version, "ReasmFails")).isZero();
        assertThat(rig.core.deadlines()).as("at most the one that found nothing to do").isLessThanOrEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void fragmentsInAnyOrderMakeADatagram(int version) {
        List<byte[]> pieces = pieces(version, ID, datagram(version), 24);
        for (int seed = 0; seed < 20; seed++) {
            Collections.shuffle(pieces, new Random(seed));
            pieces.forEach(rig::receive);
            answersTheWholeDatagram(version);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void aFragmentThatComesTwiceIsDroppedOnce(int version) {
        rig.receive(piece(version, 0, 200))
                .receive(piece(version, 0, 200))
                .receive(piece(version, 400, LENGTH))
                .receive(piece(version, 400, LENGTH))
                .receive(piece(version, 200, 400));
        answersTheWholeDatagram(version);
        assertThat(counter(version, "DropFragmentDuplicate")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    @Rfc({"5722", "3"})
    void aFragmentThatComesTwiceWithOtherBytesSpoilsTheDatagram(int version) {
        byte[] other = datagram(version);
        other[100]++;
        rig.receive(piece(version, 0, 200)).receive(piece(version, ID, other, 0, 200, true));
        assertThat(counter(version, "DropFragmentOverlap")).isEqualTo(2);
        assertThat(rig.frames.inUse()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "4, 0, 208", "4, 192, 400", "4, 200, 208", "4, 0, 400", "4, 8, 304",
        "6, 0, 208", "6, 192, 400", "6, 200, 208", "6, 0, 400", "6, 8, 304"
    })
    @Rfc({"5722", "3"})
    void anOverlapDiscardsTheWholeDatagramAndWhatStillComesOfIt(int version, int from, int to) {
        rig.receive(piece(version, 0, 200)).receive(piece(version, 200, 400));
        rig.receive(piece(version, from, to));
        assertThat(rig.frames.inUse()).as("frames held").isZero();
        assertThat(rig.core.incompleteDatagrams()).as("remembered, to refuse the rest").isEqualTo(1);
        rig.receive(piece(version, 400, LENGTH)).receive(piece(version, 0, 200)).receive(piece(version, 200, 400));
        assertThat(rig.sent()).isEmpty();
        assertThat(counter(version, "DropFragmentOverlap")).isEqualTo(6);
        assertThat(counter(version, "ReasmFails")).isEqualTo(1);
        rig.after(61 * SECOND_NS);
        assertThat(rig.sent()).as("silently").isEmpty();
        assertThat(rig.core.incompleteDatagrams()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"4, 0, 208", "4, 0, 400", "4, 0, 408", "6, 0, 208", "6, 0, 400", "6, 0, 408"})
    @Rfc({"5722", "3"})
    void anOverlapWithWhatLiesBehindDiscardsTheDatagramToo(int version, int from, int to) {
        rig.receive(piece(version, 200, 400));
        rig.receive(piece(version, ID, datagram(version), from, to, true));
        assertThat(counter(version, "DropFragmentOverlap")).isEqualTo(2);
        assertThat(rig.frames.inUse()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void aFragmentBeyondTheEndSpoilsTheDatagram(int version) {
        byte[] longer = Arrays.copyOf(datagram(version), 500);
        rig.receive(piece(version, 400, LENGTH)).receive(piece(version, ID, longer, 408, 416, true));
        assertThat(counter(version, "DropFragment")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void anEndBeforeAFragmentSpoilsTheDatagram(int version) {
        rig.receive(piece(version, 200, 400)).receive(piece(version, ID, datagram(version), 8, 16, false));
        assertThat(counter(version, "ReasmFails")).isEqualTo(1);
        assertThat(rig.frames.inUse()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void twoEndsSpoilTheDatagram(int version) {
        rig.receive(piece(version, 200, LENGTH)).receive(piece(version, ID, datagram(version), 8, 100, false));
        assertThat(counter(version, "ReasmFails")).isEqualTo(1);
        assertThat(rig.frames.inUse()).isZero();
    }

    @Test
    void anIpv4FragmentThatIsNotTheLastHasAMultipleOfEightBytes() {
        rig.refuses(piece(4, ID, datagram(4), 0, 201, true), "IpInHdrErrors", "IpDropFragment");
    }

    @Test
    @Rfc({"8200", "4.5"})
    void anIpv6FragmentOfOddLengthIsAnsweredWithAParameterProblem() {
        byte[] error = rig.refusesAloud(
                piece(6, ID, datagram(6), 0, 201, true), "Ip6InHdrErrors", "Ip6DropFragment");
        assertThat(error[41]).as("code").isZero();
        assertThat(i32(error, 44)).as("pointer to the payload length").isEqualTo(4);
    }

    @Test
    void theTeardropOfAnIpv4DatagramBeyondItsLimitIsDropped() {
        byte[] packet = packet(PEER4, HOST4)
                .protocol(Protocol.ICMP)
                .fragment(ID, 65_528, false)
                .payload(pattern(100))
                .build();
        rig.refuses(packet, "IpInHdrErrors", "IpDropFragment");
    }

    @Test
    @Rfc({"8200", "4.5"})
    void anIpv6DatagramBeyondItsLimitIsAnsweredWithAParameterProblem() {
        byte[] packet = packet(PEER6, HOST6)
                .protocol(Protocol.UDP)
                .fragment(ID, 65_528, false)
                .payload(pattern(100))
                .build();
        byte[] error = rig.refusesAloud(packet, "Ip6InHdrErrors", "Ip6DropFragment");
        assertThat(i32(error, 44)).as("pointer to the fragment offset").isEqualTo(42);
    }

    @Test
    void anIpv4DatagramWhoseFirstHeaderMakesItTooLongIsDropped() {
        byte[] first = packet(PEER4, HOST4)
                .options(1, 1, 1, 1)
                .protocol(Protocol.ICMP)
                .fragment(ID, 0, true)
                .payload(pattern(65_488))
                .build();
        rig.receive(first);
        rig.receive(packet(PEER4, HOST4)
                .protocol(Protocol.ICMP)
                .fragment(ID, 65_488, false)
                .payload(pattern(27))
                .build());
        assertThat(rig.counter("IpReasmFails")).isEqualTo(1);
        assertThat(rig.frames.inUse()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void theLargestDatagramIsPutTogether(int version) {
        int data = version == 4 ? 65_535 - 20 - 8 : 65_535 - 8;
        byte[] datagram = datagram(version, data);
        for (byte[] piece : pieces(version, ID, datagram, 1448)) {
            rig.receive(piece);
        }
        assertThat(counter(version, "ReasmOKs")).isEqualTo(1);
        assertThat(rig.counter(version == 4 ? "IcmpInEchos" : "Icmp6InEchos")).isEqualTo(1);
        assertThat(counter(version, "FragOKs")).as("reply in fragments").isEqualTo(1);
        rig.sent();
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void anEmptyFragmentIsDropped(int version) {
        rig.refuses(
                piece(version, ID, datagram(version), 8, 8, true),
                name(version, "InHdrErrors"),
                name(version, "DropFragment"));
    }

    @ParameterizedTest
    @CsvSource({"4, 6, 16", "4, 17, 0", "6, 6, 16", "6, 17, 0"})
    @Rfc({"1858", "3"})
    void aFirstFragmentWithoutAWholeTransportHeaderIsDropped(int version, int protocol, int length) {
        byte[] packet = base(version)
                .protocol(protocol)
                .fragment(ID, 0, true)
                .payload(pattern(length))
                .build();
        rig.receive(packet);
        assertThat(rig.frames.inUse()).isZero();
        assertThat(counter(version, length == 0 ? "DropFragment" : "DropTinyFragment")).isEqualTo(1);
    }

    @Test
    @Rfc({"7112", "5"})
    void aFirstFragmentWithoutTheWholeHeaderChainIsDropped() {
        byte[] chain = new byte[24];
        chain[0] = Protocol.TCP;
        chain[1] = 1;
        byte[] packet = packet(PEER6, HOST6)
                .protocol(Protocol.DESTINATION_OPTIONS)
                .fragment(ID, 0, true)
                .payload(chain)
                .build();
        rig.refuses(packet, "Ip6InHdrErrors", "Ip6DropTinyFragment");
    }

    @Test
    void extensionHeadersBehindTheFragmentHeaderAreWalkedInTheWholeDatagram() {
        byte[] echo = datagram(6);
        byte[] chained = new byte[8 + echo.length];
        chained[0] = (byte) Protocol.ICMPV6;
        chained[2] = 1;
        chained[3] = 4;
        System.arraycopy(echo, 0, chained, 8, echo.length);
        rig.receive(packet(PEER6, HOST6)
                .protocol(Protocol.DESTINATION_OPTIONS)
                .fragment(ID, 0, true)
                .payload(Arrays.copyOf(chained, 200))
                .build())
                .receive(packet(PEER6, HOST6)
                        .protocol(Protocol.DESTINATION_OPTIONS)
                        .fragment(ID, 200, false)
                        .payload(Arrays.copyOfRange(chained, 200, chained.length))
                        .build());
        answersTheWholeDatagram(6);
    }

    @Test
    void aFragmentInsideAReassembledDatagramIsDropped() {
        byte[] inner = new byte[24];
        inner[0] = (byte) Protocol.ICMPV6;
        inner[3] = 1;
        rig.receive(packet(PEER6, HOST6)
                .protocol(Protocol.FRAGMENT)
                .fragment(ID, 0, true)
                .payload(inner)
                .build())
                .receive(packet(PEER6, HOST6)
                        .protocol(Protocol.FRAGMENT)
                        .fragment(ID, 24, false)
                        .payload(pattern(8))
                        .build());
        assertThat(rig.counter("Ip6DropFragment")).isEqualTo(1);
        assertThat(rig.frames.inUse()).isZero();
    }

    @Test
    @Rfc({"6946", "4"})
    void anAtomicFragmentIsAWholePacket() {
        rig.receive(packet(PEER6, HOST6)
                .protocol(Protocol.ICMPV6)
                .fragment(ID, 0, false)
                .payload(datagram(6))
                .build());
        answersTheWholeDatagram(6);
        assertThat(rig.counter("Ip6ReasmReqds")).isZero();
    }

    @Test
    void aDatagramOfTheSameIdentificationButAnotherProtocolIsAnother() {
        rig.receive(piece(4, 0, 200));
        rig.receive(packet(PEER4, HOST4)
                .protocol(Protocol.UDP)
                .fragment(ID, 200, false)
                .payload(pattern(208))
                .build());
        assertThat(rig.core.incompleteDatagrams()).isEqualTo(2);
        rig.receive(piece(4, 200, LENGTH));
        assertThat(rig.sent()).hasSize(1);
    }

    // Limits.

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    @Rfc({"1122", "3.3.2"})
    @Rfc({"8200", "4.5"})
    void anIncompleteDatagramTimesOutAndItsFirstFragmentIsReturned(int version) {
        byte[] first = piece(version, 0, 200);
        rig.receive(first).receive(piece(version, 400, LENGTH));
        rig.after(59 * SECOND_NS);
        assertThat(rig.sent()).isEmpty();
        rig.after(SECOND_NS + 1_000_000);
        byte[] error = rig.reply();
        int header = version == 4 ? 20 : 40;
        assertThat(error[header]).as("time exceeded").isEqualTo((byte) (version == 4 ? 11 : 3));
        assertThat(error[header + 1]).as("code").isEqualTo((byte) 1);
        assertThat(Arrays.copyOfRange(error, header + 8, error.length)).isEqualTo(first);
        assertThat(counter(version, "ReasmTimeout")).isEqualTo(1);
        assertThat(counter(version, "DropFragmentTimeout")).isEqualTo(2);
        assertThat(rig.frames.inUse()).isZero();
        assertThat(rig.core.deadlines()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void withoutItsFirstFragmentADatagramTimesOutInSilence(int version) {
        rig.receive(piece(version, 200, 400));
        rig.after(61 * SECOND_NS);
        assertThat(rig.sent()).isEmpty();
        assertThat(counter(version, "ReasmTimeout")).isEqualTo(1);
    }

    @Test
    void eachDatagramHasItsOwnDeadline() {
        rig.receive(piece(4, 1, datagram(4), 0, 200, true));
        rig.after(30 * SECOND_NS);
        rig.receive(piece(4, 2, datagram(4), 0, 200, true));
        rig.after(31 * SECOND_NS);
        assertThat(rig.core.incompleteDatagrams()).isEqualTo(1);
        rig.after(30 * SECOND_NS);
        assertThat(rig.core.incompleteDatagrams()).isZero();
        assertThat(rig.sent()).hasSize(2);
    }

    @Test
    void aFloodOfDatagramsPushesOutTheOldest() {
        limit(60 * SECOND_NS, 1 << 20, 16, 128);
        for (int id = 1; id <= 100; id++) {
            rig.receive(piece(4, id, datagram(4), 0, 200, true));
            assertThat(rig.core.incompleteDatagrams()).isLessThanOrEqualTo(16);
            assertThat(rig.frames.inUse()).isLessThanOrEqualTo(16);
        }
        assertThat(rig.counter("IpDropFragmentLimit")).isEqualTo(84);
        rig.receive(piece(4, 100, datagram(4), 200, LENGTH, false));
        assertThat(rig.sent()).as("the newest is whole").hasSize(1);
    }

    @Test
    void fragmentsPinBoundedMemory() {
        int bound = 1 << 17;
        limit(60 * SECOND_NS, bound, 256, 128);
        for (int id = 1; id <= 20; id++) {
            for (int at = 8; at <= 80; at += 8) {
                rig.receive(piece(4, id, datagram(4), at, at + 8, true));
                assertThat(rig.frames.inUse() * FramePool.MTU_SLOT_BYTES).isLessThanOrEqualTo(bound);
            }
        }
        assertThat(rig.counter("IpDropFragmentLimit")).isPositive();
    }

    @Test
    void fragmentSmackEndsAtTheBoundOnFragments() {
        byte[] large = datagram(4, 10_000);
        for (int i = 0; i < 400; i++) {
            int at = 8 + 16 * i;
            rig.receive(piece(4, ID, large, at, at + 8, true));
            assertThat(rig.frames.inUse()).isLessThanOrEqualTo(128);
        }
        assertThat(rig.frames.inUse()).as("the datagram is given up").isZero();
        assertThat(rig.counter("IpDropFragmentLimit")).isEqualTo(400);
        assertThat(rig.counter("IpReasmFails")).isEqualTo(1);
    }

    // ECN.

    @ParameterizedTest
    @CsvSource({"2, 2, 2", "1, 1, 1", "0, 0, 0", "2, 3, 3", "3, 1, 3", "3, 3, 3"})
    @Rfc({"3168", "5.3"})
    void congestionThatOneFragmentMetTheDatagramMet(int first, int second, int whole) {
        byte[] one = piece(4, 0, 200);
        byte[] two = piece(4, 200, LENGTH);
        one[1] = (byte) first;
        two[1] = (byte) second;
        rig.receive(PacketBytes.fixHeaderChecksum(one)).receive(PacketBytes.fixHeaderChecksum(two));
        answersTheWholeDatagram(4);
        assertThat(rig.counter("IpExtInCEPkts")).isEqualTo(whole == 3 ? 1 : 0);
    }

    @ParameterizedTest
    @CsvSource({"0, 3", "3, 0", "0, 2", "1, 0"})
    @Rfc({"3168", "5.3"})
    void fragmentsThatDisagreeOnEcnMakeNoDatagram(int first, int second) {
        byte[] one = piece(6, 0, 200);
        byte[] two = piece(6, 200, LENGTH);
        put16(one, 0, 0x6000 | first << 4);
        put16(two, 0, 0x6000 | second << 4);
        rig.receive(one).receive(two);
        assertThat(rig.sent()).isEmpty();
        assertThat(rig.counter("Ip6DropFragmentEcn")).isEqualTo(2);
    }

    // The device's word, and want of memory.

    @Test
    void aFragmentWithAPartialChecksumIsDropped() {
        rig.receive(rig.frame(piece(4, 0, 200)).partialChecksum(20, 2));
        assertThat(rig.counter("IpDropOffload")).isEqualTo(1);
    }

    @Test
    void withoutAFrameForTheWholeTheDatagramIsDropped() {
        var taken = new ArrayList<Frame>();
        byte[] large = datagram(4, 4000);
        List<byte[]> pieces = pieces(4, ID, large, 1000);
        for (Frame frame = rig.frames.takeSuper(); frame != null; frame = rig.frames.takeSuper()) {
            taken.add(frame);
        }
        pieces.forEach(rig::receive);
        assertThat(rig.counter("IpDropNoFrame")).isEqualTo(pieces.size());
        assertThat(rig.counter("IpInDiscards")).isEqualTo(1);
        taken.forEach(Frame::release);
    }

    @Test
    void closingTheCoreReleasesWhatWaits() {
        rig.receive(piece(4, 0, 200)).receive(piece(6, 0, 200));
        rig.core.close(rig.nowNs);
        assertThat(rig.frames.inUse()).isZero();
        assertThat(rig.core.deadlines()).isZero();
    }
}
