package dev.braid.fastpath.sim.middlebox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.offload.Packets;
import dev.braid.fastpath.sim.Middlebox;
import dev.braid.fastpath.sim.middlebox.SegmentEdit.Scope;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.testing.Bytes;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each habit of a box, on packets of both IP versions. */
class MiddleboxTest {
    private static final String TIMESTAMPS = "0101080a 11111111 22222222";
    private static final String MSS_AND_MPTCP = "020405b4 1e04aabb";
    private static final long MS = 1_000_000;

    private final Packets packets = new Packets();

    @AfterEach
    void nothingLeaks() {
        packets.releaseSent();
        assertThat(packets.pool.leaks()).isEmpty();
        packets.close();
    }

    private List<Frame> pass(Middlebox box, Frame frame) {
        packets.releaseSent();
        box.onFrame(frame, 0, packets.sent::add);
        return packets.sent;
    }

    private Frame passOne(Middlebox box, Frame frame) {
        List<Frame> sent = pass(box, frame);
        assertThat(sent).hasSize(1);
        assertThat(Packets.valid(sent.getFirst())).as("checksums").isTrue();
        return sent.getFirst();
    }

    private Middlebox editor(SegmentEdit edit) {
        return new SegmentEditor(edit, packets.counter("edited"));
    }

    private Middlebox splitter() {
        return new SegmentSplitter(400, packets.pool, packets.counter("split"), packets.counter("failed"));
    }

    private static BitSet kinds(int... kinds) {
        var set = new BitSet();
        for (int kind : kinds) {
            set.set(kind);
        }
        return set;
    }

    private static String options(Frame frame) {
        long tcp = Packets.tcp(frame);
        return Bytes.hex(tcp + Tcp.MIN_HEADER, Tcp.dataOffset(tcp) - Tcp.MIN_HEADER);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void strippedOptionsBecomeNopsAndTheRestStays(boolean ipv4) {
        Middlebox box = editor(SegmentEdit.strip(kinds(30), Scope.ALL));
        assertThat(options(passOne(box, packets.tcp(ipv4, 1, Tcp.SYN, 0, MSS_AND_MPTCP))))
                .isEqualTo("020405b401010101");
        assertThat(packets.counter("edited").value()).isOne();
    }

    @Test
    void strippingFromSynsLeavesDataAloneAndTheReverse() {
        Middlebox syns = editor(SegmentEdit.strip(kinds(8), Scope.SYN));
        Middlebox data = editor(SegmentEdit.strip(kinds(8), Scope.NOT_SYN));
        assertThat(options(passOne(syns, packets.tcp(true, 1, 0, 10, TIMESTAMPS)))).startsWith("0101080a");
        assertThat(options(passOne(syns, packets.tcp(true, 1, Tcp.SYN, 0, TIMESTAMPS)))).matches("(01){12}");
        assertThat(options(passOne(data, packets.tcp(true, 1, 0, 10, TIMESTAMPS)))).matches("(01){12}");
        assertThat(options(passOne(data, packets.tcp(true, 1, Tcp.SYN, 0, TIMESTAMPS)))).startsWith("0101080a");
    }

    @Test
    void optionsOfImpossibleLengthEndTheSearch() {
        Middlebox box = editor(SegmentEdit.strip(kinds(8, 30), Scope.ALL));
        assertThat(options(passOne(box, packets.tcp(true, 1, 0, 0, "1e000000")))).isEqualTo("1e000000");
        assertThat(options(passOne(box, packets.tcp(true, 1, 0, 0, "010101 1e")))).isEqualTo("0101011e");
        assertThat(options(passOne(box, packets.tcp(true, 1, 0, 0, "1e280000")))).isEqualTo("1e280000");
    }

    @Test
    void aPacketWithAWrongChecksumIsNotMended() {
        Frame broken = packets.tcp(true, 1, Tcp.SYN, 0, MSS_AND_MPTCP);
        Memory.put8(Packets.tcp(broken) + 5, 0x77);
        Frame sent = pass(editor(SegmentEdit.strip(kinds(30), Scope.ALL)), broken).getFirst();
        assertThat(options(sent)).isEqualTo("020405b41e04aabb");
        assertThat(Packets.valid(sent)).isFalse();
    }

    @Test
    void theMssIsClampedOnSynsOnlyAndNeverRaised() {
        Middlebox box = editor(SegmentEdit.clampMss(1200));
        assertThat(options(passOne(box, packets.tcp(false, 1, Tcp.SYN, 0, "020405b4")))).isEqualTo("020404b0");
        assertThat(options(passOne(box, packets.tcp(false, 1, Tcp.SYN, 0, "02040400")))).isEqualTo("02040400");
        assertThat(options(passOne(box, packets.tcp(false, 1, 0, 10, "020405b4")))).isEqualTo("020405b4");
    }

    @Test
    void theWindowFieldIsClamped() {
        Frame sent = passOne(editor(SegmentEdit.clampWindow(100)), packets.tcp(true, 1, 0, 10, ""));
        assertThat(Tcp.window(Packets.tcp(sent))).isEqualTo(100);
    }

    @Test
    void urgencyIsTakenAway() {
        Frame urgent = packets.tcp(true, 1, Tcp.URG | Tcp.PSH, 10, "");
        Memory.put16(Packets.tcp(urgent) + 18, 5);
        Packets.checksums(urgent);
        long tcp = Packets.tcp(passOne(editor(SegmentEdit.clearUrgent()), urgent));
        assertThat(Tcp.flags(tcp)).isEqualTo(Tcp.ACK | Tcp.PSH);
        assertThat(Tcp.urgentPointer(tcp)).isZero();
    }

    @Test
    void ecnIsRefusedOnSynsAlone() {
        Middlebox box = editor(SegmentEdit.refuseEcn());
        Frame syn = passOne(box, packets.tcp(true, 1, Tcp.SYN | Tcp.ECE | Tcp.CWR, 0, ""));
        assertThat(Tcp.flags(Packets.tcp(syn))).isEqualTo(Tcp.SYN | Tcp.ACK);
        Frame data = passOne(box, packets.tcp(true, 1, Tcp.ECE, 10, ""));
        assertThat(Tcp.flags(Packets.tcp(data))).isEqualTo(Tcp.ECE | Tcp.ACK);
    }

    @Test
    void theEcnFieldIsBleachedInBothVersions() {
        Middlebox box = new EcnBleach(packets.counter("bleached"));
        Frame v4 = packets.tcp(true, 1, 0, 10, "");
        Memory.put8(v4.data() + 1, 0x2e | 3);
        Packets.checksums(v4);
        Frame v6 = packets.tcp(false, 1, 0, 10, "");
        Memory.put8(v6.data() + 1, 0x35);
        assertThat(Ipv4.trafficClass(passOne(box, v4).data())).isEqualTo(0x2c);
        Frame sent = passOne(box, v6);
        assertThat(Ipv6.ecn(sent.data())).isZero();
        assertThat(Memory.u8(sent.data() + 1)).isEqualTo(0x05);
        assertThat(packets.counter("bleached").value()).isEqualTo(2);
    }

    @Test
    void synsWithDislikedOptionsAreDroppedAndNothingElse() {
        Middlebox box = new SynFilter(kinds(30), packets.counter("dropped"));
        assertThat(pass(box, packets.tcp(true, 1, Tcp.SYN, 0, MSS_AND_MPTCP))).isEmpty();
        assertThat(packets.counter("dropped").value()).isOne();
        passOne(box, packets.tcp(true, 1, Tcp.SYN, 0, "020405b4"));
        passOne(box, packets.tcp(true, 1, 0, 10, "1e04aabb"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void splitSegmentsCoverTheSameBytesWithTheSameOptions(boolean ipv4) {
        Frame whole = packets.tcp(ipv4, 1000, Tcp.PSH, 1000, TIMESTAMPS);
        String payload = Packets.payloadHex(whole);
        List<Frame> pieces = pass(splitter(), whole);
        assertThat(pieces).hasSize(3).allMatch(Packets::valid);
        assertThat(pieces).extracting(piece -> Tcp.seq(Packets.tcp(piece))).containsExactly(1000, 1400, 1800);
        assertThat(pieces).extracting(piece -> Tcp.flags(Packets.tcp(piece)) & Tcp.PSH)
                .containsExactly(0, 0, Tcp.PSH);
        assertThat(pieces).allMatch(piece -> options(piece).startsWith("0101080a"));
        assertThat(Packets.payloadHex(pieces.get(0)) + Packets.payloadHex(pieces.get(1))
                + Packets.payloadHex(pieces.get(2))).isEqualTo(payload);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void joinedSegmentsKeepTheFirstOptionsAndAllBytes(boolean ipv4) {
        Middlebox box = new SegmentJoiner(3000, MS, packets.pool, packets.counter("joined"));
        Frame one = packets.tcp(ipv4, 100, 0, 500, TIMESTAMPS);
        Frame two = packets.tcp(ipv4, 600, Tcp.PSH, 300, "1e04aabb");
        String payload = Packets.payloadHex(one) + Packets.payloadHex(two);
        assertThat(pass(box, one)).isEmpty();
        assertThat(pass(box, two)).isEmpty();
        assertThat(box.nextDeadlineNs()).isEqualTo(MS);
        box.onDeadline(MS, packets.sent::add);
        assertThat(packets.sent).hasSize(1).allMatch(Packets::valid);
        Frame whole = packets.sent.getFirst();
        assertThat(options(whole)).startsWith("0101080a");
        assertThat(Tcp.flags(Packets.tcp(whole))).isEqualTo(Tcp.ACK | Tcp.PSH);
        assertThat(Packets.payloadHex(whole)).isEqualTo(payload);
        assertThat(box.nextDeadlineNs()).isEqualTo(Deadlines.NONE);
    }

    @Test
    void whatDoesNotFollowLetsTheHeldSegmentGoFirst() {
        Middlebox box = new SegmentJoiner(3000, MS, packets.pool, packets.counter("joined"));
        pass(box, packets.tcp(true, 100, 0, 500, ""));
        assertThat(pass(box, packets.tcp(true, 700, 0, 500, ""))).extracting(f -> Tcp.seq(Packets.tcp(f)))
                .containsExactly(100);
        assertThat(pass(box, packets.tcp(true, 1200, Tcp.FIN, 0, ""))).extracting(f -> Tcp.seq(Packets.tcp(f)))
                .containsExactly(700, 1200);
        pass(box, packets.tcp(true, 1, 0, 500, ""));
        box.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shiftedSequenceNumbersComeBackUnshifted(boolean leavesSack) {
        var shift = new SequenceShift(7, leavesSack);
        int shifted = Tcp.seq(Packets.tcp(passOne(shift.forth(), packets.tcp(true, 5000, 0, 10, ""))));
        assertThat(shifted).isNotEqualTo(5000);
        int again = Tcp.seq(Packets.tcp(passOne(shift.forth(), packets.tcp(true, 5010, 0, 10, ""))));
        assertThat(again).as("one offset a connection").isEqualTo(shifted + 10);
        Frame reply = mirrored(packets.tcp(true, 1, 0, 0, "0101050a %08x %08x".formatted(shifted + 20, shifted + 30)));
        Memory.put32(Packets.tcp(reply) + 8, shifted + 10);
        Packets.checksums(reply);
        Frame back = passOne(shift.back(), reply);
        assertThat(Tcp.ack(Packets.tcp(back))).isEqualTo(5010);
        assertThat(Memory.i32(Packets.tcp(back) + 24)).isEqualTo(leavesSack ? shifted + 20 : 5020);
    }

    /** The same packet from the other end. */
    private static Frame mirrored(Frame frame) {
        long ip = frame.data();
        long tcp = Packets.tcp(frame);
        int src = Ipv4.src(ip);
        Memory.put32(ip + 12, Ipv4.dst(ip));
        Memory.put32(ip + 16, src);
        int port = Tcp.srcPort(tcp);
        Memory.put16(tcp, Tcp.dstPort(tcp));
        Memory.put16(tcp + 2, port);
        return frame;
    }

    @Test
    void boxesInAChainActInOrderAndKeepTheirDeadlines() {
        var chain = new MiddleboxChain(List.of(
                editor(SegmentEdit.clampWindow(100)),
                new SegmentJoiner(3000, MS, packets.pool, packets.counter("joined")),
                splitter()));
        assertThat(pass(chain, packets.tcp(true, 0, 0, 500, ""))).isEmpty();
        assertThat(pass(chain, packets.tcp(true, 500, 0, 300, ""))).isEmpty();
        assertThat(chain.nextDeadlineNs()).isEqualTo(MS);
        chain.onDeadline(MS, packets.sent::add);
        assertThat(packets.sent).extracting(Packets::payloadLength).containsExactly(400, 400);
        assertThat(packets.sent).allMatch(frame -> Tcp.window(Packets.tcp(frame)) == 100);
        chain.close();
    }

    @Test
    void packetsThatAreNoTcpPassUntouched() {
        Frame frame = packets.tcp(true, 1, Tcp.SYN, 0, MSS_AND_MPTCP);
        Memory.put8(frame.data() + 9, 17);
        Frame noIp = packets.tcp(true, 1, Tcp.SYN, 0, MSS_AND_MPTCP);
        Memory.put8(noIp.data(), 0);
        Middlebox box = editor(SegmentEdit.strip(kinds(30), Scope.ALL));
        assertThat(options(pass(box, frame).getFirst())).endsWith("1e04aabb");
        assertThat(pass(box, noIp)).hasSize(1);
        assertThat(packets.counter("edited").value()).isZero();
    }
}
