package dev.braid.stack.icmp;

import static dev.braid.stack.rig.CoreRig.HOST4;
import static dev.braid.stack.rig.CoreRig.HOST6;
import static dev.braid.stack.rig.CoreRig.PEER4;
import static dev.braid.stack.rig.CoreRig.PEER6;
import static dev.braid.stack.rig.PacketBytes.packet;
import static dev.braid.stack.rig.PacketBytes.pattern;
import static dev.braid.stack.rig.PacketBytes.put16;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.icmp.IcmpError.Kind;
import dev.braid.stack.ip.IpHeader;
import dev.braid.stack.rig.CoreRig;
import dev.braid.stack.rig.PacketBytes;
import dev.braid.testing.Rfc;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IcmpErrorInputTest {
    /** What the transport heard, copied out of the reused holder. */
    private record Heard(
            Kind kind, int mtu, IpAddress local, IpAddress remote, int localPort, int remotePort, int seq) {}

    private final CoreRig rig = new CoreRig();
    private final List<Heard> heard = new ArrayList<>();
    private final List<Heard> heardByUdp = new ArrayList<>();
    private final IcmpInput input = new IcmpInput(
            CoreConfig.DEFAULT,
            rig.core.counters(),
            rig.core.ip(),
            (error, nowNs) -> heard.add(copy(error)),
            (error, nowNs) -> heardByUdp.add(copy(error)));

    @AfterEach
    void nothingLeaks() {
        rig.close();
    }

    private static Heard copy(IcmpError error) {
        return new Heard(
                error.kind(),
                error.mtu(),
                new IpAddress(error.localHi(), error.localLo()),
                new IpAddress(error.remoteHi(), error.remoteLo()),
                error.localPort(),
                error.remotePort(),
                error.seq());
    }

    /** A segment that we could have sent. */
    private static byte[] segment(int version) {
        return (version == 4 ? packet(HOST4, PEER4) : packet(HOST6, PEER6)).tcp(40_000, 80, 0x89abcdef, 0x18).build();
    }

    private void receive(int version, int type, int code, int rest, byte[] quotation) {
        PacketBytes packet = version == 4 ? packet(PEER4, HOST4) : packet(PEER6, HOST6);
        byte[] bytes = packet.icmp(type, code, rest, quotation).build();
        Frame frame = rig.frame(bytes);
        int header = version == 4 ? 20 : 40;
        frame.transportOffset(header);
        IpAddress src = IpAddress.parse(version == 4 ? PEER4 : PEER6);
        IpAddress dst = IpAddress.parse(version == 4 ? HOST4 : HOST6);
        var decoded = new IpHeader()
                .from(0, 0)
                .addresses(version, src.hi(), src.lo(), dst.hi(), dst.lo())
                .hop(64, 0)
                .carries(version == 4 ? 1 : 58, 9, header, bytes.length - header);
        input.input(frame, decoded, rig.nowNs);
        assertThat(rig.frames.inUse()).as("frames").isZero();
        assertThat(rig.sent()).as("answers").isEmpty();
    }

    private void refuses(int version, int type, int code, int rest, byte[] quotation, String drop) {
        receive(version, type, code, rest, quotation);
        assertThat(heard).isEmpty();
        assertThat(rig.drops()).containsExactly((version == 4 ? "Icmp" : "Icmp6") + drop + "=1");
    }

    @ParameterizedTest
    @CsvSource({
        "3, 0, NETWORK_UNREACHABLE", "3, 1, HOST_UNREACHABLE", "3, 2, PROTOCOL_UNREACHABLE", "3, 3, PORT_UNREACHABLE",
        "3, 5, HOST_UNREACHABLE", "3, 6, NETWORK_UNREACHABLE", "3, 7, HOST_UNREACHABLE", "3, 8, HOST_UNREACHABLE",
        "3, 9, PROHIBITED", "3, 10, PROHIBITED", "3, 11, NETWORK_UNREACHABLE", "3, 12, HOST_UNREACHABLE",
        "3, 13, PROHIBITED", "11, 0, TIME_EXCEEDED", "11, 1, TIME_EXCEEDED", "12, 0, PARAMETER_PROBLEM"
    })
    @Rfc({"1122", "3.2.2.1"})
    void anErrorAboutASegmentReachesTcp(int type, int code, Kind kind) {
        receive(4, type, code, 0, segment(4));
        assertThat(heard).containsExactly(
                new Heard(kind, 0, IpAddress.parse(HOST4), IpAddress.parse(PEER4), 40_000, 80, 0x89abcdef));
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0, NETWORK_UNREACHABLE", "1, 1, PROHIBITED", "1, 2, NETWORK_UNREACHABLE", "1, 3, HOST_UNREACHABLE",
        "1, 4, PORT_UNREACHABLE", "1, 5, PROHIBITED", "1, 6, NETWORK_UNREACHABLE", "3, 0, TIME_EXCEEDED",
        "3, 1, TIME_EXCEEDED", "4, 0, PARAMETER_PROBLEM", "4, 1, PROTOCOL_UNREACHABLE", "4, 2, PARAMETER_PROBLEM"
    })
    @Rfc({"4443", "2.4", "d"})
    void anIcmpv6ErrorAboutASegmentReachesTcp(int type, int code, Kind kind) {
        receive(6, type, code, 0, segment(6));
        assertThat(heard).containsExactly(
                new Heard(kind, 0, IpAddress.parse(HOST6), IpAddress.parse(PEER6), 40_000, 80, 0x89abcdef));
    }

    @Test
    void eightBytesOfTransportHeaderSuffice() {
        receive(4, 3, 3, 0, Arrays.copyOf(segment(4), 28));
        receive(6, 1, 4, 0, Arrays.copyOf(segment(6), 48));
        assertThat(heard).hasSize(2).allMatch(error -> error.seq() == 0x89abcdef);
    }

    @ParameterizedTest
    @CsvSource({"4, 0", "4, 1", "4, 19", "4, 20", "4, 27", "6, 0", "6, 1", "6, 39", "6, 40", "6, 47"})
    void aTruncatedQuotationIsDropped(int version, int length) {
        refuses(version, version == 4 ? 3 : 1, 3, 0, Arrays.copyOf(segment(version), length), "DropQuotation");
        assertThat(rig.counter(version == 4 ? "IcmpInErrors" : "Icmp6InErrors")).isEqualTo(1);
    }

    @Test
    void aQuotedHeaderLengthBeyondTheQuotationIsDropped() {
        byte[] quoted = segment(4);
        quoted[0] = 0x4f;
        refuses(4, 3, 3, 0, quoted, "DropQuotation");
    }

    @Test
    void aQuotedHeaderLengthBelowTwentyIsDropped() {
        byte[] quoted = segment(4);
        quoted[0] = 0x42;
        refuses(4, 3, 3, 0, quoted, "DropQuotation");
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void aQuotationOfTheOtherVersionIsDropped(int version) {
        refuses(version, version == 4 ? 3 : 1, 3, 0, segment(10 - version), "DropQuotation");
    }

    @Test
    void aQuotedTotalLengthTooShortForItsHeadersIsDropped() {
        byte[] quoted = segment(4);
        put16(quoted, 2, 27);
        refuses(4, 3, 3, 0, quoted, "DropQuotation");
    }

    @Test
    void aQuotedLaterFragmentIsDropped() {
        byte[] quoted = segment(4);
        put16(quoted, 6, 3);
        refuses(4, 3, 3, 0, quoted, "DropQuotation");
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void aQuotationOfAPacketThatWeDidNotSendIsDropped(int version) {
        byte[] foreign = (version == 4 ? packet(PEER4, HOST4) : packet(PEER6, HOST6)).tcp(1, 2, 3, 2).build();
        refuses(version, version == 4 ? 3 : 1, 1, 0, foreign, "DropQuotation");
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void anErrorAboutAProtocolThatCannotVerifyItIsDropped(int version) {
        byte[] echo = (version == 4 ? packet(HOST4, PEER4) : packet(HOST6, PEER6)).echo(1, 1, pattern(64)).build();
        refuses(version, version == 4 ? 3 : 2, version == 4 ? 4 : 0, 1400, echo, "DropUnverifiable");
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    @Rfc({"1122", "4.1.3.3"})
    void anErrorAboutADatagramIsHeardByUdpAlone(int version) {
        byte[] datagram = (version == 4 ? packet(HOST4, PEER4) : packet(HOST6, PEER6)).udp(4000, 53, pattern(9))
                .build();
        receive(version, version == 4 ? 3 : 1, version == 4 ? 3 : 4, 0, datagram);
        assertThat(heard).isEmpty();
        assertThat(heardByUdp).singleElement().satisfies(error -> {
            assertThat(error.kind()).isEqualTo(Kind.PORT_UNREACHABLE);
            assertThat(error.localPort()).isEqualTo(4000);
            assertThat(error.remotePort()).isEqualTo(53);
        });
    }

    @Test
    void codesWithoutMeaningAreDropped() {
        refuses(4, 3, 200, 0, segment(4), "DropIgnored");
    }

    @Test
    @Rfc({"6633", "3"})
    void sourceQuenchIsNotRead() {
        refuses(4, 4, 0, 0, segment(4), "DropIgnored");
        assertThat(rig.counter("IcmpInSrcQuenchs")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void aForgedRedirectIsNotRead(int version) {
        refuses(version, version == 4 ? 5 : 137, 1, 0x0a4d0009, segment(version), "DropIgnored");
        assertThat(rig.counter(version == 4 ? "IcmpInRedirects" : "Icmp6InRedirects")).isEqualTo(1);
    }

    // Packet too big.

    @ParameterizedTest
    @CsvSource({"1400, 1400", "576, 576", "100, 100", "68, 68", "67, 68", "1, 68", "65535, 65535"})
    @Rfc({"1191", "4"})
    void fragmentationNeededTellsTheMtu(int claimed, int mtu) {
        receive(4, 3, 4, claimed, segment(4));
        assertThat(heard).extracting(Heard::kind).containsExactly(Kind.PACKET_TOO_BIG);
        assertThat(heard).extracting(Heard::mtu).containsExactly(mtu);
    }

    @ParameterizedTest
    @CsvSource({"1500, 1492", "1492, 1006", "40, 68", "65535, 32000", "577, 508"})
    @Rfc({"1191", "7.1"})
    void anOldRouterThatTellsNoMtuMakesUsTryTheNextPlateau(int totalLength, int mtu) {
        byte[] quoted = segment(4);
        put16(quoted, 2, totalLength);
        receive(4, 3, 4, 0, quoted);
        assertThat(heard).extracting(Heard::mtu).containsExactly(mtu);
    }

    @Test
    @Rfc({"8201", "4"})
    void packetTooBigTellsTheMtu() {
        receive(6, 2, 0, 1400, segment(6));
        receive(6, 2, 0, 1280, segment(6));
        receive(6, 2, 0, -1, segment(6));
        assertThat(heard).extracting(Heard::mtu).containsExactly(1400, 1280, Integer.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 68, 1279})
    @Rfc({"8201", "4"})
    void packetTooBigBelowTheLeastIpv6MtuIsDropped(int mtu) {
        refuses(6, 2, 0, mtu, segment(6), "DropIgnored");
    }

    @Test
    void throughTheWholeCoreAnErrorHasNoAnswerAndLeavesNothing() {
        rig.receive(packet(PEER4, HOST4).icmp(3, 3, 0, segment(4)).build());
        assertThat(rig.sent()).isEmpty();
        assertThat(rig.counter("IcmpInDestUnreachs")).isEqualTo(1);
    }
}
