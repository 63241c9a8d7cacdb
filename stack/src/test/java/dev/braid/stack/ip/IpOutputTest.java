package dev.braid.stack.ip;

import static dev.braid.stack.rig.PacketBytes.i32;
import static dev.braid.stack.rig.PacketBytes.pattern;
import static dev.braid.stack.rig.PacketBytes.transportChecksumIsRight;
import static dev.braid.stack.rig.PacketBytes.u16;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.checksum.Checksum;
import dev.braid.fastpath.checksum.HeaderChecksum;
import dev.braid.fastpath.chunk.Chunk;
import dev.braid.fastpath.device.Offloads;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.Udp;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.CoreCounters;
import dev.braid.stack.core.Link;
import dev.braid.stack.rig.CoreRig;
import dev.braid.stack.rig.PacketBytes;
import dev.braid.stack.timer.TimerWheel;
import dev.braid.testing.Rfc;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpOutputTest {
    private final CoreRig rig = new CoreRig();
    private final Link link = CoreRig.link(0, CoreRig.HOST4 + "/24", CoreRig.HOST6 + "/64");
    private final List<Frame> sent = new ArrayList<>();
    private final PathMtu pathMtu = new PathMtu(CoreConfig.DEFAULT, new TimerWheel(0));
    private final IpOutput output = new IpOutput(
            new Routes(List.of(link)),
            pathMtu,
            rig.frames,
            new CoreCounters(rig.counters),
            new Random(3)::nextLong,
            sent::add);

    @AfterEach
    void nothingLeaks() {
        sent.forEach(Frame::release);
        rig.close();
    }

    private IpPath path(int version) {
        IpAddress to = IpAddress.parse(version == 4 ? CoreRig.PEER4 : CoreRig.PEER6);
        IpPath path = output.route(0, 0, to.hi(), to.lo());
        assertThat(path).isNotNull();
        return path;
    }

    /** A TCP header and payload in chunks of these lengths. */
    private Frame segment(int... chunkLengths) {
        Frame frame = rig.frames.takeMtu();
        frame.resize(Tcp.MIN_HEADER);
        Memory.zero(frame.data(), Tcp.MIN_HEADER);
        Memory.put16(frame.data(), 1234);
        Memory.put16(frame.data() + 12, 0x5018);
        // What an earlier user of the slot left in the field must not count.
        Memory.put16(frame.data() + 16, 0xdead);
        for (int length : chunkLengths) {
            Chunk chunk = rig.chunks.take(length);
            Memory.copyIn(pattern(length), 0, chunk.address(), length);
            frame.appendFragment(chunk, 0, length);
            chunk.release();
        }
        return frame;
    }

    private byte[] only() {
        assertThat(sent).hasSize(1);
        return rig.bytes(sent.getFirst());
    }

    @ParameterizedTest
    @CsvSource({"4, 0", "4, 64", "6, 0", "6, 64"})
    void aSegmentGetsItsHeader(int version, int trafficClass) {
        output.send(path(version), segment(100), Protocol.TCP, 17, trafficClass);
        byte[] packet = only();
        if (version == 4) {
            assertThat(packet).hasSize(140);
            assertThat(packet[0]).isEqualTo((byte) 0x45);
            assertThat(packet[1]).isEqualTo((byte) trafficClass);
            assertThat(u16(packet, 2)).isEqualTo(140);
            assertThat(u16(packet, 4)).as("identification").isZero();
            assertThat(u16(packet, 6)).as("do not fragment").isEqualTo(0x4000);
            assertThat(packet[8]).isEqualTo((byte) 17);
            assertThat(packet[9]).isEqualTo((byte) Protocol.TCP);
            assertThat(i32(packet, 12)).isEqualTo(0x0a4d0002);
            assertThat(i32(packet, 16)).isEqualTo(0x0a4d0001);
            assertThat(PacketBytes.fixHeaderChecksum(packet.clone())).isEqualTo(packet);
        } else {
            assertThat(packet).hasSize(160);
            assertThat(i32(packet, 0)).isEqualTo(6 << 28 | trafficClass << 20);
            assertThat(u16(packet, 4)).isEqualTo(120);
            assertThat(packet[6]).isEqualTo((byte) Protocol.TCP);
            assertThat(packet[7]).isEqualTo((byte) 17);
        }
        assertThat(sent.getFirst().transportOffset()).isEqualTo(version == 4 ? 20 : 40);
        assertThat(sent.getFirst().device()).isZero();
        assertThat(output.sent()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"4, 1, 1, 1", "4, 7, 100, 3", "4, 1000, 1, 255", "6, 1, 1, 1", "6, 7, 100, 3", "6, 999, 2, 255"})
    @Rfc({"9293", "3.1", "MUST-2"})
    void theChecksumCoversChunksOfAnyLength(int version, int one, int two, int three) {
        output.send(path(version), segment(one, two, three), Protocol.TCP, 64, 0);
        assertThat(transportChecksumIsRight(only())).isTrue();
        assertThat(sent.getFirst().checksumState()).isEqualTo(Frame.CHECKSUM_UNVERIFIED);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void aDeviceThatCompletesChecksumsGetsThemPartial(int version) {
        link.offloads(Offloads.CHECKSUM);
        output.send(path(version), segment(33, 44), Protocol.TCP, 64, 0);
        Frame frame = sent.getFirst();
        int header = version == 4 ? 20 : 40;
        assertThat(frame.checksumState()).isEqualTo(Frame.CHECKSUM_PARTIAL);
        assertThat(frame.checksumStart()).isEqualTo(header);
        assertThat(frame.checksumOffset()).isEqualTo(16);
        byte[] packet = only();
        assertThat(transportChecksumIsRight(packet)).as("before the device").isFalse();
        long copy = Memory.allocate(rig.arena, packet.length, 8);
        Memory.copyIn(packet, 0, copy, packet.length);
        HeaderChecksum.completePartial(copy + header, packet.length - header, 16);
        Memory.copyOut(copy, packet, 0, packet.length);
        assertThat(transportChecksumIsRight(packet)).as("behind the device").isTrue();
    }

    @Test
    void aSuperSegmentIsNeitherCutNorSummedHere() {
        Frame frame = segment(30_000, 30_000).gso(Frame.GSO_TCP4, 1460);
        output.send(path(4), frame, Protocol.TCP, 64, 0);
        assertThat(sent).hasSize(1);
        assertThat(sent.getFirst().checksumState()).isEqualTo(Frame.CHECKSUM_PARTIAL);
        assertThat(u16(only(), 2)).isEqualTo(60_040);
    }

    @Test
    void tcpIsNeverCut() {
        output.send(path(4), segment(1600), Protocol.TCP, 64, 0);
        assertThat(only()).hasSize(1640);
    }

    @ParameterizedTest
    @CsvSource({"4, 65516", "6, 65516"})
    void whatIpCannotCarryIsDropped(int version, int payload) {
        output.send(path(version), segment(payload), Protocol.TCP, 64, 0);
        assertThat(sent).isEmpty();
        String prefix = version == 4 ? "Ip" : "Ip6";
        assertThat(rig.counter(prefix + "DropTooBig")).isEqualTo(1);
        assertThat(rig.counter(prefix + "OutDiscards")).isEqualTo(1);
        assertThat(rig.chunks.inUse()).isZero();
    }

    @Test
    void aLinkThatIsDownTakesNothing() {
        IpPath path = path(4);
        link.changed(false, 1500);
        output.send(path, segment(10), Protocol.TCP, 64, 0);
        assertThat(sent).isEmpty();
        assertThat(rig.counter("IpDropLinkDown")).isEqualTo(1);
        assertThat(rig.chunks.inUse()).isZero();
    }

    @Test
    @Rfc({"768", "Fields"})
    void aUdpChecksumThatComesOutAsZeroIsSentAsAllOnes() {
        Frame frame = rig.frames.takeMtu();
        frame.resize(Udp.HEADER + 2);
        Udp.write(frame.data(), 0, 0, Udp.HEADER + 2);
        // The two bytes of data that make the sum all ones: without them it is the pseudo-header and the length.
        IpPath path = path(4);
        long sum = path.pseudoSum(Protocol.UDP, Udp.HEADER + 2) + Udp.HEADER + 2;
        int folded = Checksum.fold(sum);
        Memory.put16(frame.data() + Udp.HEADER, 0xffff - folded);
        output.send(path, frame, Protocol.UDP, 64, 0);
        assertThat(u16(only(), 20 + 6)).isEqualTo(0xffff);
    }

    @Test
    @Rfc({"6864", "4.1"})
    void onAPathTooNarrowForUsPacketsMayBeCutAndAreNumbered() {
        IpPath path = path(4);
        path.lowerMtu(100, 0);
        output.send(path, segment(10), Protocol.TCP, 64, 0);
        output.send(path, segment(10), Protocol.TCP, 64, 0);
        byte[] one = rig.bytes(sent.getFirst());
        byte[] two = rig.bytes(sent.getLast());
        assertThat(u16(one, 6)).as("do not fragment").isZero();
        assertThat(u16(one, 4)).isNotEqualTo(u16(two, 4));
    }

    @Test
    void withoutFramesForItsPiecesADatagramIsDropped() {
        Frame frame = rig.frames.takeSuper();
        frame.resize(5000);
        Memory.zero(frame.data(), 5000);
        var taken = new ArrayList<Frame>();
        for (Frame next = rig.frames.takeMtu(); next != null; next = rig.frames.takeMtu()) {
            taken.add(next);
        }
        output.send(path(4), frame, Protocol.ICMP, 64, 0);
        assertThat(sent).isEmpty();
        assertThat(rig.counter("IpFragFails")).isEqualTo(1);
        taken.forEach(Frame::release);
    }
}
