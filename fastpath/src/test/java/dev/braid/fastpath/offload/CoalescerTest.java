package dev.braid.fastpath.offload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.checksum.Checksum;
import dev.braid.fastpath.checksum.HeaderChecksum;
import dev.braid.fastpath.frame.ExtensionType;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FrameBatch;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.testing.Allocations;
import dev.braid.testing.Bytes;
import dev.braid.testing.Rfc;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoalescerTest {
    private static final String TIMESTAMPS = "0101080a 00000001 00000002";
    private static final ExtensionType MARK = ExtensionType.register("coalescer test mark", 8);

    private final Packets packets = new Packets();
    private final Coalescer coalescer = new Coalescer(packets.pool, 64);
    private final FrameBatch batch = new FrameBatch(64);

    @AfterEach
    void nothingLeaks() {
        releaseBatch();
        assertThat(packets.pool.leaks()).isEmpty();
        assertThat(packets.pool.extensionsInUse()).isZero();
        packets.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void successiveSegmentsBecomeOneSuperPacket(boolean ipv4) {
        String payload = "";
        for (int i = 0; i < 4; i++) {
            Frame frame = packets.tcp(ipv4, -1000 + 500 * i, i == 3 ? Tcp.PSH : 0, i == 3 ? 123 : 500, TIMESTAMPS);
            payload += Packets.payloadHex(frame);
            batch.add(frame.device(2).arrivalNs(55 + i).flowHash(9));
        }
        assertThat(coalescer.coalesce(batch)).isEqualTo(3);

        assertThat(batch.size()).isOne();
        Frame whole = batch.at(0);
        assertThat(Packets.payloadHex(whole)).isEqualTo(payload);
        assertThat(whole.gsoType()).isEqualTo(ipv4 ? Frame.GSO_TCP4 : Frame.GSO_TCP6);
        assertThat(whole.gsoSize()).isEqualTo(500);
        assertThat(whole.device()).isEqualTo(2);
        assertThat(whole.arrivalNs()).isEqualTo(55);
        assertThat(whole.flowHash()).isEqualTo(9);
        assertThat(Tcp.flags(Packets.tcp(whole))).isEqualTo(Tcp.ACK | Tcp.PSH);
        assertThat(Tcp.seq(Packets.tcp(whole))).isEqualTo(-1000);
        int start = ipv4 ? 20 : 40;
        assertThat(ipv4 ? Ipv4.totalLength(whole.data()) : 40 + Ipv6.payloadLength(whole.data()))
                .isEqualTo(whole.length());
        assertThat(!ipv4 || HeaderChecksum.verifyIpv4(whole.data())).isTrue();
        assertThat(whole.checksumState()).isEqualTo(Frame.CHECKSUM_PARTIAL);
        assertThat(whole.checksumStart()).isEqualTo(start);
        assertThat(whole.checksumOffset()).isEqualTo(16);
        long pseudoHeader = HeaderChecksum.pseudoHeader(whole.data(), Protocol.TCP, whole.length() - start);
        assertThat(Tcp.checksum(Packets.tcp(whole))).isEqualTo(Checksum.fold(pseudoHeader));
    }

    @Test
    @Rfc({"8684", "3.3.1"})
    void segmentsOfOneMappingJoinAndThoseOfAnotherDoNot() {
        // NOP, NOP, DSS with a DATA_ACK and a mapping of 1000 bytes: the second one's begins 1000 bytes further.
        String one = "0101 1e122005 00000001 00001000 00000001 03e8";
        String other = "0101 1e122005 00000001 000013e8 000003e9 03e8";
        batch.add(packets.tcp(true, 0, 0, 500, one));
        batch.add(packets.tcp(true, 500, 0, 500, one));
        batch.add(packets.tcp(true, 1000, 0, 500, other));
        batch.add(packets.tcp(true, 1500, 0, 500, other));
        assertThat(coalescedSizes()).containsExactly(1000, 1000);
    }

    @Test
    void nothingJoinsBehindPsh() {
        add(0, Tcp.PSH, 500);
        add(500, 0, 500);
        add(1000, 0, 500);
        add(1500, Tcp.PSH, 500);
        add(2000, 0, 500);
        assertThat(coalescedSizes()).containsExactly(500, 1500, 500);
    }

    @Test
    void nothingJoinsBehindAShortSegment() {
        add(0, 0, 500);
        add(500, 0, 499);
        add(999, 0, 499);
        add(1498, 0, 499);
        assertThat(coalescedSizes()).containsExactly(999, 998);
    }

    @Test
    void aLargerSegmentDoesNotJoinASmallerOne() {
        add(0, 0, 500);
        add(500, 0, 501);
        add(1001, 0, 501);
        assertThat(coalescedSizes()).containsExactly(500, 1002);
    }

    @Test
    void onlyTheNextSequenceNumberJoins() {
        add(0, 0, 500);
        add(501, 0, 500);
        add(0, 0, 500);
        add(500, 0, 500);
        assertThat(coalescedSizes()).containsExactly(500, 500, 1000);
    }

    @ParameterizedTest
    @ValueSource(ints = {Tcp.FIN, Tcp.SYN, Tcp.RST, Tcp.URG, Tcp.AE})
    void otherFlagsPassAloneAndEndTheRun(int flag) {
        add(0, 0, 500);
        add(500, flag, 500);
        add(1000, 0, 500);
        assertThat(coalescedSizes()).containsExactly(500, 500, 500);
    }

    @Test
    @Rfc({"3168", "6.1.2"})
    void cwrMayStandOnTheFirstPacketAloneAndIsSaidOnce() {
        add(0, 0, 500);
        add(500, Tcp.CWR, 500);
        add(1000, 0, 500);
        add(1500, Tcp.CWR, 500);
        assertThat(coalescedSizes()).containsExactly(500, 1000, 500);
        Frame whole = batch.at(1);
        assertThat(whole.gsoEcn()).isTrue();
        assertThat(Tcp.flags(Packets.tcp(whole))).isEqualTo(Tcp.ACK | Tcp.CWR);
    }

    @Test
    void echoesJoinEchoesAlone() {
        add(0, 0, 500);
        add(500, Tcp.ECE, 500);
        add(1000, Tcp.ECE, 500);
        add(1500, 0, 500);
        assertThat(coalescedSizes()).containsExactly(500, 1000, 500);
        assertThat(batch.at(1).gsoEcn()).isFalse();
        assertThat(Tcp.flags(Packets.tcp(batch.at(1)))).isEqualTo(Tcp.ACK | Tcp.ECE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void packetsOfDifferentCodepointsDoNotJoin(boolean ipv4) {
        int[] codepoints = {2, 2, 3, 3, 0, 1};
        for (int i = 0; i < codepoints.length; i++) {
            Frame frame = packets.tcp(ipv4, 500 * i, 0, 500, "");
            long second = frame.data() + 1;
            Memory.put8(second, Memory.u8(second) | (ipv4 ? codepoints[i] : codepoints[i] << 4));
            Packets.checksums(frame);
            batch.add(frame);
        }
        assertThat(coalescedSizes()).containsExactly(1000, 1000, 500, 500);
        long marked = batch.at(1).data();
        assertThat(ipv4 ? Ipv4.ecn(marked) : Ipv6.ecn(marked)).isEqualTo(3);
    }

    @Test
    void aReservedBitPassesAlone() {
        add(0, 0, 500);
        add(500, 0, 500, frame -> Memory.put8(Packets.tcp(frame) + 12, 0x52));
        assertThat(coalescedSizes()).containsExactly(500, 500);
    }

    @Test
    void aPureAcknowledgementPassesAloneAndKeepsItsPlace() {
        add(0, 0, 500);
        add(500, 0, 0);
        add(500, 0, 500);
        add(1000, 0, 500);
        assertThat(coalescedSizes()).containsExactly(500, 0, 1000);
    }

    @Test
    void differingHeadersDoNotJoin() {
        List<Consumer<Frame>> changes = List.of(
                frame -> Memory.put8(frame.data() + 1, 3), // traffic class: CE
                frame -> Memory.put8(frame.data() + 8, 63), // TTL
                frame -> Memory.put16(frame.data() + 6, 0), // DF
                frame -> Memory.put32(frame.data() + 12, 0x0a4d0003), // source
                frame -> Memory.put32(frame.data() + 16, 0x0a4d0003), // destination
                frame -> Memory.put16(Packets.tcp(frame), 40_001), // source port
                frame -> Memory.put16(Packets.tcp(frame) + 2, 81), // destination port
                frame -> Memory.put32(Packets.tcp(frame) + 8, 1001), // acknowledgement
                frame -> Memory.put16(Packets.tcp(frame) + 14, 501), // window
                frame -> Memory.put32(Packets.tcp(frame) + 28, 3), // timestamp echo
                frame -> frame.device(1));
        for (int i = 0; i < changes.size(); i++) {
            batch.add(packets.tcp(true, 0, 0, 500, TIMESTAMPS));
            Frame next = packets.tcp(true, 500, 0, 500, TIMESTAMPS);
            changes.get(i).accept(next);
            Packets.checksums(next);
            batch.add(next);
            assertThat(coalescedSizes()).as("change %s", i).containsExactly(500, 500);
            releaseBatch();
        }
    }

    @Test
    void differingIpv6HeadersDoNotJoin() {
        List<Consumer<Frame>> changes = List.of(
                frame -> Memory.put32(frame.data(), 0x60300005), // traffic class
                frame -> Memory.put32(frame.data(), 0x60000006), // flow label
                frame -> Memory.put8(frame.data() + 7, 63), // hop limit
                frame -> Memory.put8(frame.data() + 9, 1), // source
                frame -> Memory.put8(frame.data() + 23, 9),
                frame -> Memory.put8(frame.data() + 25, 1), // destination
                frame -> Memory.put8(frame.data() + 39, 9));
        for (int i = 0; i < changes.size(); i++) {
            batch.add(packets.tcp(false, 0, 0, 500, ""));
            Frame next = packets.tcp(false, 500, 0, 500, "");
            changes.get(i).accept(next);
            Packets.checksums(next);
            batch.add(next);
            assertThat(coalescedSizes()).as("change %s", i).containsExactly(500, 500);
            releaseBatch();
        }
    }

    @Test
    void ipv4OptionsFragmentsAndTrailingBytesPassAlone() {
        List<Consumer<Frame>> changes = List.of(
                frame -> Memory.put8(frame.data(), 0x46),
                frame -> Memory.put16(frame.data() + 6, Ipv4.MORE_FRAGMENTS),
                frame -> Memory.put16(frame.data() + 6, 1),
                frame -> frame.resize(frame.linearLength() + 1),
                frame -> frame.resize(frame.linearLength() - 1),
                frame -> Memory.put8(Packets.tcp(frame) + 12, 0x40),
                frame -> Memory.put8(Packets.tcp(frame) + 12, 0xf0),
                frame -> Memory.put8(frame.data() + 9, Protocol.UDP),
                frame -> Memory.put8(frame.data(), 0x55));
        for (int i = 0; i < changes.size(); i++) {
            add(0, 0, 30);
            add(30, 0, 30, changes.get(i));
            assertThat(coalescer.coalesce(batch)).as("change %s", i).isZero();
            releaseBatch();
            add(0, 0, 30, changes.get(i));
            add(30, 0, 30);
            assertThat(coalescer.coalesce(batch)).as("change %s to the first", i).isZero();
            releaseBatch();
        }
    }

    @Test
    void aDamagedSegmentPassesAlone() {
        add(0, 0, 500);
        add(500, 0, 500, frame -> Memory.put8(frame.data() + 100, ~Memory.u8(frame.data() + 100)));
        add(1000, 0, 500);
        add(1500, 0, 500);
        assertThat(coalescedSizes()).containsExactly(500, 500, 1000);
        assertThat(Packets.valid(batch.at(1))).isFalse();
        assertThat(batch.at(1).checksumState()).isEqualTo(Frame.CHECKSUM_UNVERIFIED);
    }

    @Test
    void aDamagedIpHeaderPassesAlone() {
        add(0, 0, 500);
        add(500, 0, 500, frame -> Memory.put16(frame.data() + 4, 99));
        add(1000, 0, 500);
        assertThat(coalescedSizes()).containsExactly(500, 500, 500);
    }

    @Test
    void aDamagedFirstSegmentIsLeftBehind() {
        add(0, 0, 500, frame -> Memory.put8(frame.data() + 100, ~Memory.u8(frame.data() + 100)));
        add(500, 0, 500);
        add(1000, 0, 500);
        assertThat(coalescedSizes()).containsExactly(500, 1000);
    }

    @Test
    void checksumsThatNeedNoVerifyingAreNotVerified() {
        add(0, 0, 500, frame -> {
            Tcp.putChecksum(Packets.tcp(frame), 1);
            frame.partialChecksum(20, 16);
        });
        add(500, 0, 500, frame -> {
            Tcp.putChecksum(Packets.tcp(frame), 1);
            frame.checksumState(Frame.CHECKSUM_VALID);
        });
        assertThat(coalescedSizes()).containsExactly(1000);
    }

    @Test
    void superPacketsOfADeviceStayAsTheyAre() {
        add(0, 0, 3000, frame -> Packets.makeSuper(frame, 1000));
        add(3000, 0, 1000);
        add(4000, 0, 2000, frame -> Packets.makeSuper(frame, 1000));
        assertThat(coalescedSizes()).containsExactly(3000, 1000, 2000);
    }

    @Test
    void framesWithDifferentExtensionsDoNotJoin() {
        add(0, 0, 1000, frame -> Memory.put64(frame.extensions().writable(MARK), 1));
        add(1000, 0, 1000, frame -> Memory.put64(frame.extensions().writable(MARK), 1));
        add(2000, 0, 1000, frame -> Memory.put64(frame.extensions().writable(MARK), 2));
        add(3000, 0, 1000);
        assertThat(coalescedSizes()).containsExactly(2000, 1000, 1000);
        assertThat(batch.at(0).isSuper()).isTrue();
        assertThat(batch.at(0).extensions().has(MARK)).isTrue();
        assertThat(Memory.i64(batch.at(0).extensions().find(MARK))).isEqualTo(1);
        assertThat(packets.pool.extensionsInUse()).isEqualTo(2);
    }

    @Test
    void aPacketNeverGrowsBeyondWhatIpCanSay() {
        for (int i = 0; i < 46; i++) {
            add(1460 * i, 0, 1460);
        }
        assertThat(coalescedSizes()).containsExactly(44 * 1460, 2 * 1460);
        assertThat(Ipv4.totalLength(batch.at(0).data())).isEqualTo(44 * 1460 + 40);
    }

    @Test
    void interleavedFlowsAreToldApart() {
        for (int i = 0; i < 3; i++) {
            add(500 * i, 0, 500);
            add(500 * i, 0, 500, frame -> Memory.put16(Packets.tcp(frame), 41_000));
            batch.add(packets.tcp(false, 500 * i, 0, 500, ""));
        }
        // The second flow's checksums are wrong with the changed port, so make them right.
        for (int i = 0; i < batch.size(); i++) {
            Packets.checksums(batch.at(i));
        }
        assertThat(coalescedSizes()).containsExactly(1500, 1500, 1500);
        assertThat(Tcp.srcPort(Packets.tcp(batch.at(1)))).isEqualTo(41_000);
        assertThat(Ipv4.version(batch.at(2).data())).isEqualTo(6);
    }

    @Test
    void withoutALargeFrameThePacketsStayAsTheyAre() {
        List<Frame> hoard = new ArrayList<>();
        for (Frame frame = packets.pool.takeSuper(); frame != null; frame = packets.pool.takeSuper()) {
            hoard.add(frame);
        }
        add(0, 0, 1000);
        add(1000, 0, 1000);
        add(2000, 0, 1000);
        assertThat(coalescedSizes()).containsExactly(1000, 1000, 1000);
        assertThat(batch.at(2).gsoType()).isEqualTo(Frame.GSO_NONE);
        hoard.forEach(Frame::release);
    }

    @Test
    void nothingIsRememberedFromOneBatchToTheNext() {
        add(0, 0, 500);
        assertThat(coalescedSizes()).containsExactly(500);
        releaseBatch();
        add(500, 0, 500);
        assertThat(coalescedSizes()).containsExactly(500);
    }

    @Test
    void whatWasCoalescedCanBeCutIntoTheSamePackets() {
        Segmenter segmenter = new Segmenter(packets.pool, packets.counter("noFrame"), packets.counter("malformed"));
        Random random = new Random(5);
        for (int round = 0; round < 300; round++) {
            List<String> before = new ArrayList<>();
            int seq = random.nextInt();
            int size = 1 + random.nextInt(1400);
            for (int i = 0; i < 20; i++) {
                int payload = random.nextInt(5) == 0 ? random.nextInt(1400) : size;
                Frame frame = packets.tcp(false, seq, random.nextInt(8) == 0 ? Tcp.PSH : 0, payload, TIMESTAMPS);
                seq += random.nextInt(10) == 0 ? 0 : payload;
                before.add(Bytes.hex(frame.data(), frame.length()));
                batch.add(frame);
            }
            coalescer.coalesce(batch);
            for (int i = 0; i < batch.size(); i++) {
                segmenter.process(batch.at(i), packets.sent::add);
            }
            batch.clear();
            assertThat(packets.sent)
                    .extracting(frame -> Bytes.hex(frame.data(), frame.length()))
                    .as("round %s", round)
                    .isEqualTo(before);
            packets.releaseSent();
        }
    }

    @Test
    void coalescingAllocatesNothing() {
        try (Packets plain = Packets.untracked()) {
            Coalescer own = new Coalescer(plain.pool, 64);
            Frame one = plain.tcp(true, 0, 0, 500, "");
            Frame two = plain.tcp(true, 500, 0, 500, "");
            assertThat(Allocations.perRun(() -> {
                batch.add(plain.copyOf(one));
                batch.add(plain.copyOf(two));
                own.coalesce(batch);
                releaseBatch();
            }))
                    .isZero();
        }
    }

    private void add(int seq, int flags, int payload) {
        batch.add(packets.tcp(true, seq, flags, payload, ""));
    }

    private void add(int seq, int flags, int payload, Consumer<Frame> change) {
        Frame frame = packets.tcp(true, seq, flags, payload, "");
        change.accept(frame);
        batch.add(frame);
    }

    private List<Integer> coalescedSizes() {
        int before = batch.size();
        int joined = coalescer.coalesce(batch);
        assertThat(batch.size()).isEqualTo(before - joined);
        List<Integer> sizes = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            sizes.add(Packets.payloadLength(batch.at(i)));
        }
        return sizes;
    }

    private void releaseBatch() {
        for (int i = 0; i < batch.size(); i++) {
            batch.at(i).release();
        }
        batch.clear();
    }
}
