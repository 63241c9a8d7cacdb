package dev.braid.fastpath.offload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.testing.Allocations;
import dev.braid.testing.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VirtioHeaderTest {
    private static final int NEEDS_CSUM = 1;
    private static final int DATA_VALID = 2;
    private static final int TCP4 = 1;
    private static final int UFO = 3;
    private static final int TCP6 = 4;
    private static final int USO = 5;
    private static final int ECN = 0x80;

    private final Packets packets = new Packets();
    private final VirtioHeader virtio = new VirtioHeader();
    private final long header = Bytes.of(packets.arena, new byte[VirtioHeader.LENGTH]);
    private final Frame tcp4 = packets.tcp(true, 1, 0, 3000, "");
    private final Frame tcp6 = packets.tcp(false, 1, 0, 3000, "0101080a 00000001 00000002");

    @AfterEach
    void close() {
        packets.close();
    }

    @Test
    void aPlainPacketHasToBeVerified() {
        assertThat(read(tcp4, 0, 0, 0, 0, 0)).isEqualTo(VirtioVerdict.ACCEPTED);
        assertThat(tcp4.checksumState()).isEqualTo(Frame.CHECKSUM_UNVERIFIED);
        assertThat(tcp4.gsoType()).isEqualTo(Frame.GSO_NONE);
    }

    @Test
    void aVerifiedPacketIsTrusted() {
        assertThat(read(tcp4, DATA_VALID, 0, 0, 0, 0)).isEqualTo(VirtioVerdict.ACCEPTED);
        assertThat(tcp4.checksumState()).isEqualTo(Frame.CHECKSUM_VALID);
    }

    @Test
    void aSuperPacketIsDescribed() {
        assertThat(read(tcp4, NEEDS_CSUM, TCP4 | ECN, 1460, 20, 16)).isEqualTo(VirtioVerdict.ACCEPTED);
        assertThat(tcp4.checksumState()).isEqualTo(Frame.CHECKSUM_PARTIAL);
        assertThat(tcp4.checksumStart()).isEqualTo(20);
        assertThat(tcp4.checksumOffset()).isEqualTo(16);
        assertThat(tcp4.gsoType()).isEqualTo(Frame.GSO_TCP4);
        assertThat(tcp4.gsoSize()).isEqualTo(1460);
        assertThat(tcp4.gsoEcn()).isTrue();

        assertThat(read(tcp6, NEEDS_CSUM, TCP6, 1428, 40, 16)).isEqualTo(VirtioVerdict.ACCEPTED);
        assertThat(tcp6.gsoType()).isEqualTo(Frame.GSO_TCP6);
        assertThat(tcp6.gsoSize()).isEqualTo(1428);
        assertThat(tcp6.gsoEcn()).isFalse();
    }

    @Test
    void whatWasSaidBeforeIsForgotten() {
        read(tcp4, NEEDS_CSUM, TCP4 | ECN, 1460, 20, 16);
        read(tcp4, 0, 0, 0, 0, 0);
        assertThat(tcp4.gsoType()).isEqualTo(Frame.GSO_NONE);
        assertThat(tcp4.gsoEcn()).isFalse();
        assertThat(tcp4.checksumState()).isEqualTo(Frame.CHECKSUM_UNVERIFIED);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0", "20, 6", "20, 15", "20, 17", "19, 17", "24, 12", "40, 16", "3038, 16", "3039, 0", "65535, 16",
        "20, 65535", "65535, 65535",
    })
    void aChecksumElsewhereThanTcpHasItIsRefused(int start, int offset) {
        assertThat(read(tcp4, NEEDS_CSUM, 0, 0, start, offset)).isEqualTo(VirtioVerdict.CHECKSUM_PLACE);
        assertThat(tcp4.checksumState()).isNotEqualTo(Frame.CHECKSUM_PARTIAL);
    }

    @Test
    void aChecksumPlaceBeyondAShortPacketIsRefused() {
        tcp4.resize(37);
        Ipv4.putTotalLength(tcp4.data(), 37);
        assertThat(read(tcp4, NEEDS_CSUM, 0, 0, 20, 16)).isEqualTo(VirtioVerdict.CHECKSUM_PLACE);
        tcp4.resize(38);
        Ipv4.putTotalLength(tcp4.data(), 37);
        assertThat(read(tcp4, NEEDS_CSUM, 0, 0, 20, 16))
                .as("bytes behind the packet's end are not its checksum")
                .isEqualTo(VirtioVerdict.CHECKSUM_PLACE);
        Ipv4.putTotalLength(tcp4.data(), 38);
        assertThat(read(tcp4, NEEDS_CSUM, 0, 0, 20, 16)).isEqualTo(VirtioVerdict.ACCEPTED);
    }

    @Test
    void aFragmentHasNoPartialChecksum() {
        Memory.put16(tcp4.data() + 6, Ipv4.MORE_FRAGMENTS);
        assertThat(read(tcp4, NEEDS_CSUM, 0, 0, 20, 16)).isEqualTo(VirtioVerdict.CHECKSUM_PLACE);
        assertThat(read(tcp4, 0, TCP4, 1460, 0, 0)).isEqualTo(VirtioVerdict.GSO_HEADERS);
    }

    @ParameterizedTest
    @CsvSource({"4", "132", "5", "3", "2", "6", "127", "128", "255"})
    void aTypeThatContradictsAnIpv4TcpPacketIsRefused(int type) {
        assertThat(read(tcp4, 0, type, 1460, 0, 0)).isEqualTo(VirtioVerdict.GSO_TYPE);
        assertThat(tcp4.gsoType()).isEqualTo(Frame.GSO_NONE);
    }

    @ParameterizedTest
    @CsvSource({"1", "5", "3", "128"})
    void aTypeThatContradictsAnIpv6TcpPacketIsRefused(int type) {
        assertThat(read(tcp6, 0, type, 1460, 0, 0)).isEqualTo(VirtioVerdict.GSO_TYPE);
    }

    @Test
    void udpSuperPacketsAreUdpWithoutEcn() {
        Memory.put8(tcp4.data() + 9, Protocol.UDP);
        assertThat(read(tcp4, NEEDS_CSUM, USO, 1000, 20, 6)).isEqualTo(VirtioVerdict.ACCEPTED);
        assertThat(tcp4.gsoType()).isEqualTo(Frame.GSO_UDP);
        assertThat(read(tcp4, NEEDS_CSUM, USO | ECN, 1000, 20, 6)).isEqualTo(VirtioVerdict.GSO_TYPE);
        assertThat(read(tcp4, NEEDS_CSUM, UFO, 1000, 20, 6)).isEqualTo(VirtioVerdict.GSO_TYPE);
        assertThat(read(tcp4, NEEDS_CSUM, TCP4, 1000, 20, 6)).isEqualTo(VirtioVerdict.GSO_TYPE);
    }

    @Test
    void piecesOfNothingAreRefused() {
        assertThat(read(tcp4, NEEDS_CSUM, TCP4, 0, 20, 16)).isEqualTo(VirtioVerdict.GSO_SIZE);
    }

    @ParameterizedTest
    @CsvSource({"3000", "3001", "65535"})
    void aPieceThatHoldsTheWholePayloadMakesNoSuperPacket(int size) {
        assertThat(read(tcp4, NEEDS_CSUM, TCP4, size, 20, 16)).isEqualTo(VirtioVerdict.ACCEPTED);
        assertThat(tcp4.gsoType()).isEqualTo(Frame.GSO_NONE);
        assertThat(tcp4.gsoSize()).isZero();
        assertThat(tcp4.checksumState()).isEqualTo(Frame.CHECKSUM_PARTIAL);
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "4", "15"})
    void aSuperPacketsTcpHeaderMustBeSound(int words) {
        tcp4.resize(50);
        Ipv4.putTotalLength(tcp4.data(), 50);
        Memory.put8(tcp4.data() + 32, words << 4);
        assertThat(read(tcp4, NEEDS_CSUM, TCP4, 5, 20, 16)).isEqualTo(VirtioVerdict.GSO_HEADERS);
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "19", "20", "37"})
    void aRuntIsNoSuperPacket(int length) {
        tcp4.resize(length);
        assertThat(read(tcp4, 0, TCP4, 5, 0, 0)).isEqualTo(VirtioVerdict.GSO_HEADERS);
        assertThat(read(tcp4, NEEDS_CSUM, 0, 0, 20, 16)).isEqualTo(VirtioVerdict.CHECKSUM_PLACE);
    }

    @Test
    void moreThanAnIpPacketHoldsIsRefused() {
        Frame large = packets.pool.takeSuper();
        large.resize(65_536);
        Memory.copy(tcp4.data(), large.data(), 40);
        assertThat(read(large, NEEDS_CSUM, TCP4, 1460, 20, 16)).isEqualTo(VirtioVerdict.TOO_LONG);
    }

    @Test
    void theHeaderLengthIsNeverBelieved() {
        Memory.putNative16(header + 2, 0xffff);
        assertThat(read(tcp4, NEEDS_CSUM, TCP4, 1460, 20, 16)).isEqualTo(VirtioVerdict.ACCEPTED);
        VirtioHeader.write(tcp4, header);
        assertThat(Memory.nativeU16(header + 2)).isEqualTo(40);
    }

    @Test
    void whatIsWrittenIsReadBack() {
        Packets.makeSuper(tcp6, 1428);
        tcp6.gsoEcn(true);
        VirtioHeader.write(tcp6, header);
        assertThat(Bytes.hex(header, 12)).isEqualTo("01" + "84" + "4800" + "9405" + "2800" + "1000" + "0000");
        Frame other = packets.tcp(false, 1, 0, 3000, "0101080a 00000001 00000002");
        assertThat(virtio.read(header, other)).isEqualTo(VirtioVerdict.ACCEPTED);
        assertThat(other.checksumStart()).isEqualTo(40);
        assertThat(other.gsoType()).isEqualTo(Frame.GSO_TCP6);
        assertThat(other.gsoSize()).isEqualTo(1428);
        assertThat(other.gsoEcn()).isTrue();
    }

    @Test
    void aPlainPacketIsWrittenAsZerosAndAVerifiedOneAsValid() {
        for (int i = 0; i < 12; i++) {
            Memory.put8(header + i, 0xee);
        }
        VirtioHeader.write(tcp4, header);
        assertThat(Bytes.hex(header, 12)).isEqualTo("00".repeat(12));
        tcp4.checksumState(Frame.CHECKSUM_VALID);
        VirtioHeader.write(tcp4, header);
        assertThat(Bytes.hex(header, 12)).isEqualTo("02" + "00".repeat(11));
    }

    @Test
    void readingAndWritingAllocateNothing() {
        assertThat(Allocations.perRun(() -> {
            read(tcp6, NEEDS_CSUM, TCP6, 1428, 40, 16);
            VirtioHeader.write(tcp6, header);
        }))
                .isZero();
    }

    private VirtioVerdict read(Frame frame, int flags, int type, int size, int start, int offset) {
        Memory.put8(header, flags);
        Memory.put8(header + 1, type);
        Memory.putNative16(header + 4, size);
        Memory.putNative16(header + 6, start);
        Memory.putNative16(header + 8, offset);
        return virtio.read(header, frame);
    }
}
