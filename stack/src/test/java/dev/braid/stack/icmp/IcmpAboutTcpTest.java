package dev.braid.stack.icmp;

import static dev.braid.stack.rig.CoreRig.HOST4;
import static dev.braid.stack.rig.CoreRig.PEER4;
import static dev.braid.stack.rig.PacketBytes.i32;
import static dev.braid.stack.rig.PacketBytes.packet;
import static dev.braid.stack.rig.PacketBytes.u16;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.rig.CoreRig;
import dev.braid.stack.socket.Errno;
import dev.braid.stack.socket.StreamSocket;
import dev.braid.testing.Rfc;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ICMP errors about live connections, true and forged (RFC 5927), through the whole core. */
class IcmpAboutTcpTest {
    private static final int SYN = 2;
    private static final int ACK = 16;
    private static final int PORT = 80;
    private static final int PEER_ISS = 0x10000000;
    private static final int PORT_UNREACHABLE = 3;
    private static final int FRAGMENTATION_NEEDED = 4;

    private final CoreRig rig = new CoreRig();
    private final StreamSocket socket = rig.core.sockets().stream((readySocket, readiness) -> {});

    @AfterEach
    void nothingLeaks() {
        socket.abort(rig.nowNs);
        rig.core.flush(rig.nowNs);
        rig.sent();
        rig.close();
    }

    /** Connects; the SYN. */
    private byte[] connect() {
        IpAddress peer = IpAddress.parse(PEER4);
        assertThat(socket.connect(peer.hi(), peer.lo(), PORT, rig.nowNs)).isEqualTo(-Errno.EINPROGRESS);
        rig.core.flush(rig.nowNs);
        return rig.reply();
    }

    /** Connects and sends 5,000 bytes; the segments, which may be super-segments. */
    private List<byte[]> send() {
        byte[] syn = connect();
        int iss = i32(syn, 24);
        rig.receive(packet(PEER4, HOST4).tcp(PORT, u16(syn, 20), PEER_ISS, iss + 1, SYN | ACK).build());
        rig.sent();
        // Without an MSS option in the SYN/ACK segments have 536 bytes, and ten of them are the initial window.
        long data = Memory.allocate(rig.arena, 5000, 8);
        assertThat(socket.send(data, 5000, 0, rig.nowNs)).isEqualTo(5000);
        rig.core.flush(rig.nowNs);
        return rig.sent();
    }

    private void error(int code, int mtu, byte[] quoted) {
        rig.receive(packet(PEER4, HOST4).icmp(3, code, mtu, quoted).build());
    }

    private static byte[] shifted(byte[] segment, int by) {
        byte[] shifted = segment.clone();
        int seq = i32(segment, 24) + by;
        for (int i = 0; i < 4; i++) {
            shifted[24 + i] = (byte) (seq >>> (24 - 8 * i));
        }
        return shifted;
    }

    @Test
    @Rfc({"1122", "4.2.3.9"})
    void portUnreachableRefusesAConnectionThatIsBeingMade() {
        error(PORT_UNREACHABLE, 0, connect());
        assertThat(socket.error()).isEqualTo(Errno.ECONNREFUSED);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, 100_000, 0x8000_0000})
    @Rfc({"5927", "4.1"})
    void anErrorThatQuotesASequenceNumberNotInFlightIsNotBelieved(int by) {
        byte[] syn = connect();
        error(PORT_UNREACHABLE, 0, shifted(syn, by));
        assertThat(socket.isConnecting()).isTrue();
        assertThat(rig.counter("TcpExtOutOfWindowIcmps")).isEqualTo(1);
    }

    @Test
    void anErrorAboutAnUnknownTupleChangesNothing() {
        byte[] syn = connect();
        syn[21] ^= 1;
        error(PORT_UNREACHABLE, 0, syn);
        assertThat(socket.isConnecting()).isTrue();
    }

    @Test
    @Rfc({"5927", "5.2"})
    void portUnreachableDoesNotEndAnEstablishedConnection() {
        List<byte[]> segments = send();
        error(PORT_UNREACHABLE, 0, segments.getFirst());
        assertThat(socket.isConnected()).isTrue();
    }

    @Test
    @Rfc({"1191", "6.4"})
    void fragmentationNeededMakesSegmentsSmaller() {
        List<byte[]> segments = send();
        assertThat(rig.gsoSizes().getLast()).isEqualTo(536);
        error(FRAGMENTATION_NEEDED, 552, segments.getFirst());
        rig.after(1_000_000);
        List<byte[]> again = rig.sent();
        assertThat(i32(again.getFirst(), 24)).as("sent again").isEqualTo(i32(segments.getFirst(), 24));
        assertThat(rig.gsoSizes().getLast()).as("cut anew").isEqualTo(552 - 40);
    }

    @Test
    @Rfc({"5927", "7.2"})
    void aForgedFragmentationNeededChangesNothing() {
        List<byte[]> segments = send();
        error(FRAGMENTATION_NEEDED, 552, shifted(segments.getFirst(), 1_000_000));
        error(FRAGMENTATION_NEEDED, 552, shifted(segments.getFirst(), -2));
        error(FRAGMENTATION_NEEDED, 9000, segments.getFirst());
        rig.after(1_000_000);
        assertThat(rig.sent()).isEmpty();
        IpAddress peer = IpAddress.parse(PEER4);
        assertThat(rig.core.ip().route(0, 0, peer.hi(), peer.lo()).mtu()).isEqualTo(1500);
    }
}
