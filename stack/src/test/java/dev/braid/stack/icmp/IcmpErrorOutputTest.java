package dev.braid.stack.icmp;

import static dev.braid.stack.rig.CoreRig.HOST4;
import static dev.braid.stack.rig.CoreRig.HOST6;
import static dev.braid.stack.rig.CoreRig.PEER4;
import static dev.braid.stack.rig.CoreRig.PEER6;
import static dev.braid.stack.rig.PacketBytes.packet;
import static dev.braid.stack.rig.PacketBytes.pattern;
import static dev.braid.stack.rig.PacketBytes.transportChecksumIsRight;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.frame.Frame;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.Link;
import dev.braid.stack.rig.CoreRig;
import dev.braid.stack.rig.PacketBytes;
import dev.braid.testing.Rfc;
import java.util.ArrayList;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IcmpErrorOutputTest {
    private final CoreRig rig = new CoreRig();

    @AfterEach
    void nothingLeaks() {
        rig.close();
    }

    private static PacketBytes to(int version) {
        return version == 4 ? packet(PEER4, HOST4) : packet(PEER6, HOST6);
    }

    @Test
    @Rfc({"1122", "4.1.3.1"})
    void udpToAClosedPortIsAnsweredWithPortUnreachable() {
        byte[] offending = to(4).udp(4000, 9, pattern(30)).build();
        rig.receive(offending);
        byte[] error = rig.reply();
        assertThat(error[20]).as("type").isEqualTo((byte) 3);
        assertThat(error[21]).as("code").isEqualTo((byte) 3);
        assertThat(Arrays.copyOfRange(error, 28, error.length)).as("quotation").isEqualTo(offending);
        assertThat(transportChecksumIsRight(error)).isTrue();
        assertThat(rig.counter("IcmpOutDestUnreachs")).isEqualTo(1);
        assertThat(rig.counter("UdpNoPorts")).isEqualTo(1);
    }

    @Test
    @Rfc({"4443", "3.1"})
    void udpToAClosedPortIsAnsweredWithPortUnreachableOverIpv6() {
        byte[] offending = to(6).udp(4000, 9, pattern(30)).build();
        rig.receive(offending);
        byte[] error = rig.reply();
        assertThat(error[40]).as("type").isEqualTo((byte) 1);
        assertThat(error[41]).as("code").isEqualTo((byte) 4);
        assertThat(Arrays.copyOfRange(error, 48, error.length)).as("quotation").isEqualTo(offending);
        assertThat(transportChecksumIsRight(error)).isTrue();
        assertThat(rig.counter("Icmp6OutDestUnreachs")).isEqualTo(1);
    }

    @Test
    void theQuotationOfAnIpv4PacketIsCutSoThatTheErrorHas576Bytes() {
        rig.receive(to(4).udp(4000, 9, pattern(1400)).build());
        assertThat(rig.reply()).hasSize(576);
    }

    @Test
    @Rfc({"4443", "2.4", "c"})
    void theQuotationOfAnIpv6PacketIsCutSoThatTheErrorHas1280Bytes() {
        rig.receive(to(6).udp(4000, 9, pattern(1400)).build());
        assertThat(rig.reply()).hasSize(1280);
    }

    @Test
    void aReassembledDatagramIsQuotedWhole() {
        byte[] datagram = to(4).udp(4000, 9, pattern(400)).transport();
        for (int from : new int[] {0, 200}) {
            int end = from == 0 ? 200 : datagram.length;
            rig.receive(to(4).protocol(17)
                    .fragment(5, from, from == 0)
                    .payload(Arrays.copyOfRange(datagram, from, end))
                    .build());
        }
        assertThat(rig.reply()).hasSize(20 + 8 + 20 + datagram.length);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 11, 12})
    @Rfc({"1122", "3.2.2"})
    void noErrorIsSentAboutAnIcmpError(int type) {
        // Malformed options would be answered with a parameter problem.
        rig.receive(to(4).options(7, 0, 0, 0).icmp(type, 0, 0, pattern(40)).build());
        assertThat(rig.sent()).isEmpty();
        assertThat(rig.counter("IpDropOptions")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 100, 127, 137})
    @Rfc({"4443", "2.4", "e"})
    void noErrorIsSentAboutAnIcmpv6ErrorOrRedirect(int type) {
        // An unknown option would be answered with a parameter problem.
        rig.receive(to(6).extension(60, 0, 0, 0x9e, 4, 0, 0, 0, 0).icmp(type, 0, 0, pattern(40)).build());
        assertThat(rig.sent()).isEmpty();
    }

    @Test
    @Rfc({"1122", "3.2.2"})
    void noErrorIsSentAboutAPacketToManyOrFromNobody() {
        rig.receive(packet(PEER4, "10.77.0.255").udp(1, 2, pattern(8)).build());
        rig.receive(packet(PEER4, "224.0.0.1").udp(1, 2, pattern(8)).build());
        rig.receive(packet("0.0.0.0", HOST4).udp(1, 2, pattern(8)).build());
        rig.receive(packet("224.0.0.1", HOST4).udp(1, 2, pattern(8)).build());
        rig.receive(packet(PEER6, "ff02::1").udp(1, 2, pattern(8)).build());
        assertThat(rig.sent()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    @Rfc({"1122", "3.2.2"})
    void noErrorIsSentAboutALaterFragment(int version) {
        rig.receive(to(version).protocol(17).fragment(5, 8, false).payload(pattern(8)).build());
        rig.after(100_000_000_000L);
        assertThat(rig.sent()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    @Rfc({"4443", "2.4", "f"})
    void errorsAreRateLimited(int version) {
        byte[] offending = to(version).udp(4000, 9, pattern(8)).build();
        for (int i = 0; i < 1000; i++) {
            rig.receive(offending);
        }
        int burst = rig.sent().size();
        assertThat(burst).as("a burst of 50, give or take what chance adds").isBetween(30, 80);
        assertThat(rig.counter(version == 4 ? "IcmpOutRateLimitGlobal" : "Icmp6OutRateLimitGlobal"))
                .isEqualTo(1000 - burst);
        int sent = 0;
        for (int ms = 0; ms < 1000; ms++) {
            rig.after(1_000_000);
            rig.receive(offending).receive(offending).receive(offending);
            sent += rig.sent().size();
        }
        assertThat(sent).as("a thousand a second").isBetween(900, 1100);
    }

    @Test
    @Rfc({"1122", "3.2.2"})
    void noErrorIsSentAboutTheOptionsOfALaterFragment() {
        rig.receive(to(4).options(7, 0, 0, 0).protocol(17).fragment(5, 8, false).payload(pattern(8)).build());
        assertThat(rig.sent()).isEmpty();
        assertThat(rig.counter("IpDropOptions")).isEqualTo(1);
    }

    @Test
    void anEchoRequestWithAnUnknownOptionIsNoError() {
        rig.receive(to(6).extension(60, 0, 0, 0x9e, 4, 0, 0, 0, 0).echo(1, 1, pattern(40)).build());
        assertThat(rig.reply()[40]).as("parameter problem").isEqualTo((byte) 4);
    }

    @Test
    void withoutAFrameThereIsNoError() {
        Link link = CoreRig.link(0, HOST4 + "/24");
        try (var poor = new CoreRig(CoreConfig.DEFAULT, link)) {
            var offending = poor.frame(to(4).udp(4000, 9, pattern(8)).build());
            var taken = new ArrayList<Frame>();
            for (var frame = poor.frames.takeMtu(); frame != null; frame = poor.frames.takeMtu()) {
                taken.add(frame);
            }
            poor.receive(offending);
            assertThat(poor.sent()).isEmpty();
            assertThat(poor.counter("IcmpOutErrors")).isEqualTo(1);
            taken.forEach(Frame::release);
        }
    }
}
