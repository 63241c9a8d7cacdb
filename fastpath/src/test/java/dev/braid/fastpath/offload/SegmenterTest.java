package dev.braid.fastpath.offload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.checksum.HeaderChecksum;
import dev.braid.fastpath.chunk.Chunk;
import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.frame.ExtensionType;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.Udp;
import dev.braid.testing.Allocations;
import dev.braid.testing.Rfc;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmenterTest {
    private static final String TIMESTAMPS = "0101080a 00000001 00000002";

    private static final ExtensionType MARK = ExtensionType.register("segmenter test mark", 8);

    private final Packets packets = new Packets();
    private final Segmenter segmenter = new Segmenter(packets.pool, packets.counter("noFrame"),
            packets.counter("malformed"));

    @AfterEach
    void nothingLeaks() {
        packets.releaseSent();
        assertThat(packets.pool.leaks()).isEmpty();
        assertThat(packets.pool.extensionsInUse()).isZero();
        packets.close();
    }

    @Test
    void everySegmentHasTheLinkHeader() {
        Frame whole = packets.tcp(true, 1, Tcp.PSH, 3000, "");
        Packets.makeSuper(whole, 1448);
        Memory.put32(whole.linkHeaderLength(14).data() - 4, 0x5566_0800);
        segmenter.process(whole, packets.sent::add);
        assertThat(packets.sent).hasSize(3)
                .allMatch(frame -> frame.linkHeaderLength() == 14 && Memory.i32(frame.data() - 4) == 0x5566_0800);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSuperPacketBecomesTheSegmentsThatItStandsFor(boolean ipv4) {
        Frame whole = packets.tcp(ipv4, -2000, Tcp.PSH | Tcp.FIN | Tcp.CWR | Tcp.ECE, 5000, TIMESTAMPS);
        String payload = Packets.payloadHex(whole);
        Packets.makeSuper(whole, 1448);
        whole.device(3).arrivalNs(99).flowHash(7);

        segmenter.process(whole, packets.sent::add);

        assertThat(packets.sent).extracting(Packets::payloadLength).containsExactly(1448, 1448, 1448, 656);
        assertThat(packets.sent).allMatch(Packets::valid);
        assertThat(packets.sent.stream().map(Packets::payloadHex).collect(Collectors.joining())).isEqualTo(payload);
        assertThat(packets.sent)
                .extracting(frame -> Tcp.seq(Packets.tcp(frame)))
                .containsExactly(-2000, -552, 896, 2344);
        assertThat(packets.sent)
                .extracting(frame -> Tcp.flags(Packets.tcp(frame)))
                .containsExactly(
                        Tcp.ACK | Tcp.ECE | Tcp.CWR,
                        Tcp.ACK | Tcp.ECE,
                        Tcp.ACK | Tcp.ECE,
                        Tcp.ACK | Tcp.ECE | Tcp.PSH | Tcp.FIN);
        for (int i = 0; i < 4; i++) {
            Frame frame = packets.sent.get(i);
            long a = frame.data();
            if (ipv4) {
                assertThat(Ipv4.totalLength(a)).isEqualTo(frame.length());
                assertThat(Ipv4.identification(a)).isEqualTo(77 + i);
            } else {
                assertThat(Ipv6.payloadLength(a)).isEqualTo(frame.length() - 40);
            }
            assertThat(Tcp.ack(Packets.tcp(frame))).isEqualTo(1000);
            assertThat(Memory.i32(Packets.tcp(frame) + 24)).as("the options are repeated").isEqualTo(1);
            assertThat(frame.gsoType()).isEqualTo(Frame.GSO_NONE);
            assertThat(frame.checksumState()).isEqualTo(Frame.CHECKSUM_UNVERIFIED);
            assertThat(frame.device()).isEqualTo(3);
            assertThat(frame.arrivalNs()).isEqualTo(99);
            assertThat(frame.flowHash()).isEqualTo(7);
        }
    }

    @Test
    void anExactMultipleLeavesNoEmptySegment() {
        Frame whole = packets.tcp(true, 0, Tcp.PSH, 2920, "");
        Packets.makeSuper(whole, 1460);
        segmenter.process(whole, packets.sent::add);
        assertThat(packets.sent).extracting(Packets::payloadLength).containsExactly(1460, 1460);
        assertThat(Tcp.flags(Packets.tcp(packets.sent.get(1)))).isEqualTo(Tcp.ACK | Tcp.PSH);
    }

    @Test
    void payloadInFragmentsIsGathered() {
        ChunkPool chunks = new ChunkPool(packets.arena, 1 << 20, true);
        Frame flat = packets.tcp(true, 5, 0, 4000, "");
        String payload = Packets.payloadHex(flat);
        long from = flat.data() + 40;
        Frame whole = packets.pool.takeMtu();
        whole.resize(40 + 11);
        Memory.copy(flat.data(), whole.data(), 51);
        int at = 11;
        for (int length : new int[] {1, 1459, 1001, 0, 1528}) {
            Chunk chunk = chunks.take(4000);
            Memory.copy(from + at, chunk.address() + 3, length);
            whole.appendFragment(chunk, 3, length);
            chunk.release();
            at += length;
        }
        flat.release();
        assertThat(whole.length()).isEqualTo(4040);
        Packets.makeSuper(whole, 1000);

        segmenter.process(whole, packets.sent::add);

        assertThat(packets.sent).extracting(Packets::payloadLength).containsExactly(1000, 1000, 1000, 1000);
        assertThat(packets.sent).allMatch(Packets::valid);
        assertThat(packets.sent.stream().map(Packets::payloadHex).collect(Collectors.joining())).isEqualTo(payload);
        assertThat(chunks.leaks()).isEmpty();
    }

    @Test
    void aUdpSuperPacketBecomesDatagrams() {
        Frame whole = packets.pool.takeSuper();
        whole.resize(20 + 8 + 2500);
        long a = whole.data();
        Ipv4.write(a, 0, 2528, 1, 0, 64, Protocol.UDP, 1, 2);
        Udp.write(a + 20, 53, 54, 2508);
        whole.partialChecksum(20, Udp.CHECKSUM_OFFSET).gso(Frame.GSO_UDP, 1200);

        segmenter.process(whole, packets.sent::add);

        assertThat(packets.sent).extracting(frame -> Udp.length(frame.data() + 20)).containsExactly(1208, 1208, 108);
        assertThat(packets.sent).allMatch(frame -> {
            int length = frame.length() - 20;
            long pseudoHeader = HeaderChecksum.pseudoHeader(frame.data(), Protocol.UDP, length);
            return Udp.checksum(frame.data() + 20) != 0
                    && HeaderChecksum.verifyUdp(frame.data() + 20, length, pseudoHeader, true)
                    && HeaderChecksum.verifyIpv4(frame.data());
        });
    }

    @Test
    void aPlainFramePassesAsItIs() {
        Frame frame = packets.tcp(true, 0, 0, 100, "");
        segmenter.process(frame, packets.sent::add);
        assertThat(packets.sent).containsExactly(frame);
    }

    @Test
    void aPartialChecksumIsCompletedInPlace() {
        Frame frame = packets.tcp(false, 0, 0, 101, TIMESTAMPS);
        Packets.makeSuper(frame, 0);
        frame.gso(Frame.GSO_NONE, 0);
        assertThat(Packets.valid(frame)).isFalse();
        segmenter.process(frame, packets.sent::add);
        assertThat(packets.sent).containsExactly(frame);
        assertThat(Packets.valid(frame)).isTrue();
        assertThat(frame.checksumState()).isEqualTo(Frame.CHECKSUM_UNVERIFIED);
    }

    @Test
    void aPartialChecksumIsCompletedOverOddFragments() {
        ChunkPool chunks = new ChunkPool(packets.arena, 1 << 20, true);
        Frame flat = packets.tcp(true, 5, 0, 1000, "");
        int expected = Tcp.checksum(Packets.tcp(flat));
        Frame frame = packets.pool.takeMtu();
        frame.resize(40 + 3);
        Memory.copy(flat.data(), frame.data(), 43);
        Chunk chunk = chunks.take(1000);
        Memory.copy(flat.data() + 43, chunk.address(), 997);
        frame.appendFragment(chunk, 0, 500);
        frame.appendFragment(chunk, 500, 497);
        chunk.release();
        flat.release();
        Packets.makeSuper(frame, 0);
        frame.gso(Frame.GSO_NONE, 0);

        segmenter.process(frame, packets.sent::add);

        assertThat(Tcp.checksum(Packets.tcp(frame))).isEqualTo(expected);
    }

    @Test
    void aSharedFrameIsNotWrittenTo() {
        Frame frame = packets.tcp(true, 0, 0, 101, "");
        Packets.makeSuper(frame, 0);
        frame.gso(Frame.GSO_NONE, 0);
        Frame clone = packets.pool.cloneOf(frame);
        int partial = Tcp.checksum(Packets.tcp(frame));
        segmenter.process(clone, packets.sent::add);
        assertThat(Tcp.checksum(Packets.tcp(frame))).isEqualTo(partial);
        segmenter.process(frame, packets.sent::add);
        assertThat(packets.sent).hasSize(2).allMatch(Packets::valid);
    }

    @Test
    void segmentsWithoutAFrameAreCounted() {
        try (Packets poor = new Packets(2, 1, true)) {
            Segmenter starved = new Segmenter(poor.pool, poor.counter("noFrame"), poor.counter("malformed"));
            Frame whole = poor.tcp(true, 0, 0, 5000, "");
            Packets.makeSuper(whole, 1448);
            starved.process(whole, poor.sent::add);
            assertThat(poor.sent).extracting(frame -> Tcp.seq(Packets.tcp(frame))).containsExactly(0, 1448);
            assertThat(poor.counter("noFrame").value()).isEqualTo(2);
            poor.releaseSent();
            assertThat(poor.pool.leaks()).isEmpty();
        }
    }

    @Test
    void aSegmentBehindLostOnesStillCarriesItsOwnBytes() {
        try (Packets poor = new Packets(1, 1, true)) {
            Segmenter starved = new Segmenter(poor.pool, poor.counter("noFrame"), poor.counter("malformed"));
            Frame whole = poor.tcp(true, 0, 0, 5000, "");
            String payload = Packets.payloadHex(whole);
            Packets.makeSuper(whole, 2000);
            // 2,000 bytes need a large frame, of which there is only the one being cut; the last 1,000 fit a small one.
            starved.process(whole, poor.sent::add);
            assertThat(poor.sent).hasSize(1).allMatch(Packets::valid);
            assertThat(Packets.payloadHex(poor.sent.getFirst())).isEqualTo(payload.substring(2 * 4000));
            assertThat(poor.counter("noFrame").value()).isEqualTo(2);
            poor.releaseSent();
        }
    }

    @Test
    void aSuperPacketWithoutSoundHeadersIsDroppedAndCounted() {
        Frame short4 = packets.tcp(true, 0, 0, 3000, "");
        Packets.makeSuper(short4, 1000);
        Memory.put8(short4.data() + 32, 0x40);
        segmenter.process(short4, packets.sent::add);
        Frame untrue = packets.tcp(true, 0, 0, 3000, "");
        Packets.makeSuper(untrue, 1000);
        Ipv4.putTotalLength(untrue.data(), 2000);
        segmenter.process(untrue, packets.sent::add);
        Frame sizeless = packets.tcp(true, 0, 0, 3000, "");
        Packets.makeSuper(sizeless, 0);
        segmenter.process(sizeless, packets.sent::add);
        Frame beyond = packets.tcp(true, 0, 0, 100, "");
        beyond.partialChecksum(139, 0);
        segmenter.process(beyond, packets.sent::add);
        assertThat(packets.sent).isEmpty();
        assertThat(packets.counter("malformed").value()).isEqualTo(4);
    }

    @Test
    @Rfc({"3168", "6.1.2"})
    void congestionWindowReducedIsSaidOnce() {
        Frame whole = packets.tcp(false, 0, Tcp.CWR, 4284, "");
        Packets.makeSuper(whole, 1428);
        segmenter.process(whole, packets.sent::add);
        assertThat(packets.sent)
                .extracting(frame -> (Tcp.flags(Packets.tcp(frame)) & Tcp.CWR) != 0)
                .containsExactly(true, false, false);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theCodepointIsEveryPackets(boolean ipv4) {
        Frame whole = packets.tcp(ipv4, 0, 0, 3000, "");
        long second = whole.data() + 1;
        Memory.put8(second, Memory.u8(second) | (ipv4 ? 3 : 3 << 4));
        Packets.makeSuper(whole, 1000);
        segmenter.process(whole, packets.sent::add);
        assertThat(packets.sent)
                .hasSize(3)
                .allMatch(Packets::valid)
                .allMatch(frame -> (ipv4 ? Ipv4.ecn(frame.data()) : Ipv6.ecn(frame.data())) == 3);
    }

    @Test
    void extensionsGoWithEveryPacket() {
        Frame whole = packets.tcp(true, 0, 0, 3000, "");
        Memory.put64(whole.extensions().writable(MARK), 77);
        Packets.makeSuper(whole, 1000);
        segmenter.process(whole, packets.sent::add);
        assertThat(packets.sent).hasSize(3).allMatch(frame -> Memory.i64(frame.extensions().find(MARK)) == 77);
        assertThat(packets.pool.extensionsInUse()).isEqualTo(1);
    }

    @Test
    void extensionsGoAlongIntoAnotherPool() {
        try (Packets theirs = new Packets()) {
            Frame whole = theirs.tcp(true, 0, 0, 2000, "");
            Memory.put64(whole.extensions().writable(MARK), 78);
            Packets.makeSuper(whole, 1000);
            segmenter.process(whole, packets.sent::add);
            assertThat(theirs.pool.extensionsInUse()).isZero();
            assertThat(packets.sent).hasSize(2).allMatch(frame -> Memory.i64(frame.extensions().find(MARK)) == 78);
            assertThat(packets.pool.extensionsInUse()).isEqualTo(2);
        }
    }

    @Test
    void cuttingAllocatesNothing() {
        try (Packets plain = Packets.untracked()) {
            Segmenter own = new Segmenter(plain.pool, plain.counter("noFrame"), plain.counter("malformed"));
            Frame model = plain.tcp(true, 0, Tcp.PSH, 3000, TIMESTAMPS);
            Packets.makeSuper(model, 1448);
            assertThat(Allocations.perRun(() -> own.process(plain.copyOf(model), Frame::release)))
                    .isZero();
        }
    }
}
