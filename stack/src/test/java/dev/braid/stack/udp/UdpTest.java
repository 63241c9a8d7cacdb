package dev.braid.stack.udp;

import static dev.braid.stack.rig.CoreRig.HOST4;
import static dev.braid.stack.rig.CoreRig.HOST6;
import static dev.braid.stack.rig.CoreRig.PEER4;
import static dev.braid.stack.rig.CoreRig.PEER6;
import static dev.braid.stack.rig.PacketBytes.packet;
import static dev.braid.stack.rig.PacketBytes.pattern;
import static dev.braid.stack.rig.PacketBytes.put16;
import static dev.braid.stack.rig.PacketBytes.transportChecksumIsRight;
import static dev.braid.stack.rig.PacketBytes.u16;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.rig.CoreRig;
import dev.braid.stack.rig.PacketBytes;
import dev.braid.stack.socket.DatagramSocket;
import dev.braid.stack.socket.Errno;
import dev.braid.testing.Rfc;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UdpTest {
    private static final int PORT = 5300;
    private static final int PEER_PORT = 4000;

    private final CoreRig rig = new CoreRig();
    private int woken;
    private final DatagramSocket socket = open();

    @AfterEach
    void nothingLeaks() {
        socket.close();
        assertThat(rig.core.udp().boundPorts()).as("bound ports").isZero();
        assertThat(rig.core.sockets().open()).as("sockets").isZero();
        rig.close();
    }

    private DatagramSocket open() {
        return rig.core.sockets().datagram(changed -> woken++);
    }

    private static int bind(DatagramSocket socket, String address, int port) {
        IpAddress ip = IpAddress.parse(address);
        return socket.bind(ip.hi(), ip.lo(), port);
    }

    private static int connect(DatagramSocket socket, String address, int port) {
        IpAddress ip = IpAddress.parse(address);
        return socket.connect(ip.hi(), ip.lo(), port);
    }

    private static int send(DatagramSocket socket, String address, int port, byte[] data) {
        IpAddress ip = IpAddress.parse(address);
        return socket.sendTo(ByteBuffer.wrap(data), ip.hi(), ip.lo(), port);
    }

    /** What a receive gives: bytes and sender as text, or {@code null} for none. */
    private static @Nullable Arrival receive(DatagramSocket socket) {
        var buffer = ByteBuffer.allocate(70_000);
        var from = new UdpSource();
        int answer = socket.receiveFrom(buffer, from);
        return answer < 0
                ? null
                : new Arrival(
                        Arrays.copyOf(buffer.array(), answer),
                        new IpAddress(from.hi(), from.lo()).toString(),
                        from.port());
    }

    private record Arrival(byte[] data, String address, int port) {}

    private static PacketBytes fromPeer(int version) {
        return version == 4 ? packet(PEER4, HOST4) : packet(PEER6, HOST6);
    }

    private static String peer(int version) {
        return version == 4 ? PEER4 : PEER6;
    }

    private byte[] datagram(int version, byte[] data) {
        return fromPeer(version).udp(PEER_PORT, PORT, data).build();
    }

    /** Lets the peer answer what was sent with an ICMP error about it. */
    private void icmp(int version, int type, int code, int rest, byte[] quoted) {
        rig.receive(fromPeer(version).icmp(type, code, rest, quoted).build());
    }

    private void portUnreachable(int version, byte[] quoted) {
        icmp(version, version == 4 ? 3 : 1, version == 4 ? 3 : 4, 0, quoted);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    @Rfc({"768", ""})
    void aDatagramIsReceivedWithItsSenderAndAnswered(int version) {
        assertThat(bind(socket, "::", PORT)).isZero();
        rig.receive(datagram(version, pattern(33)));
        assertThat(woken).isEqualTo(1);
        assertThat(socket.isReadable()).isTrue();
        Arrival arrival = receive(socket);
        assertThat(arrival).isNotNull();
        assertThat(arrival.data()).isEqualTo(pattern(33));
        assertThat(arrival.address()).isEqualTo(peer(version));
        assertThat(arrival.port()).isEqualTo(PEER_PORT);
        assertThat(send(socket, arrival.address(), arrival.port(), pattern(7))).isEqualTo(7);
        byte[] answer = rig.reply();
        int udp = version == 4 ? 20 : 40;
        assertThat(u16(answer, udp)).as("source port").isEqualTo(PORT);
        assertThat(u16(answer, udp + 2)).as("destination port").isEqualTo(PEER_PORT);
        assertThat(u16(answer, udp + 4)).as("length").isEqualTo(15);
        assertThat(transportChecksumIsRight(answer)).isTrue();
        assertThat(Arrays.copyOfRange(answer, udp + 8, answer.length)).isEqualTo(pattern(7));
        String prefix = version == 4 ? "Udp" : "Udp6";
        assertThat(rig.counter(prefix + "InDatagrams")).isEqualTo(1);
        assertThat(rig.counter(prefix + "OutDatagrams")).isEqualTo(1);
    }

    @Test
    void anEmptyDatagramIsADatagram() {
        bind(socket, HOST4, PORT);
        rig.receive(datagram(4, new byte[0]));
        assertThat(receive(socket)).isNotNull().satisfies(arrival -> assertThat(arrival.data()).isEmpty());
        assertThat(receive(socket)).isNull();
        assertThat(send(socket, PEER4, PEER_PORT, new byte[0])).isZero();
        assertThat(rig.reply()).hasSize(28);
    }

    @Test
    void aReceiveWithoutDatagramSaysSo() {
        bind(socket, HOST4, PORT);
        assertThat(socket.receiveFrom(ByteBuffer.allocate(1), new UdpSource())).isEqualTo(-Errno.EAGAIN);
        assertThat(socket.isReadable()).isFalse();
    }

    @Test
    void whatDoesNotFitTheBufferIsLost() {
        bind(socket, HOST4, PORT);
        rig.receive(datagram(4, pattern(100)));
        var small = ByteBuffer.allocate(10);
        assertThat(socket.receiveFrom(small, new UdpSource())).isEqualTo(10);
        assertThat(small.array()).isEqualTo(Arrays.copyOf(pattern(100), 10));
        assertThat(receive(socket)).isNull();
    }

    @Test
    void bytesBehindTheDatagramsOwnLengthAreNotPartOfIt() {
        bind(socket, HOST4, PORT);
        byte[] packet = fromPeer(4).udp(PEER_PORT, PORT, pattern(20)).withoutTransportChecksum().build();
        put16(packet, 24, 8 + 12);
        rig.receive(packet);
        assertThat(receive(socket)).isNotNull()
                .satisfies(arrival -> assertThat(arrival.data()).isEqualTo(Arrays.copyOf(pattern(20), 12)));
    }

    @Test
    @Rfc({"8200", "8.1"})
    void aDatagramWithoutChecksumIsTakenOverIpv4AndRefusedOverIpv6() {
        bind(socket, "::", PORT);
        rig.receive(fromPeer(6).udp(PEER_PORT, PORT, pattern(5)).withoutTransportChecksum().build());
        assertThat(receive(socket)).isNull();
        assertThat(rig.counter("Udp6InCsumErrors")).isEqualTo(1);
        rig.receive(fromPeer(4).udp(PEER_PORT, PORT, pattern(5)).withoutTransportChecksum().build());
        assertThat(receive(socket)).isNotNull();
    }

    // Which port.

    @Test
    void onePortOfOneAddressBelongsToOneSocket() {
        DatagramSocket other = open();
        assertThat(bind(socket, HOST4, PORT)).isZero();
        assertThat(bind(other, HOST4, PORT)).isEqualTo(-Errno.EADDRINUSE);
        assertThat(bind(other, "::", PORT)).isEqualTo(-Errno.EADDRINUSE);
        assertThat(bind(other, HOST6, PORT)).isZero();
        rig.receive(datagram(6, pattern(3)));
        assertThat(receive(socket)).isNull();
        assertThat(receive(other)).isNotNull();
        other.close();
    }

    @Test
    void aPortIsFreeAgainAfterAClose() {
        DatagramSocket first = open();
        bind(first, "::", PORT);
        rig.receive(datagram(4, pattern(3)));
        first.close();
        assertThat(rig.frames.inUse()).as("frames of what nobody read").isZero();
        assertThat(bind(socket, "::", PORT)).isZero();
        assertThat(first.receiveFrom(ByteBuffer.allocate(1), new UdpSource())).isEqualTo(-Errno.EBADF);
    }

    @Test
    void addressesOfOthersCannotBeBound() {
        assertThat(bind(socket, PEER4, PORT)).isEqualTo(-Errno.EADDRNOTAVAIL);
        assertThat(bind(socket, HOST4, 70_000)).isEqualTo(-Errno.EINVAL);
        assertThat(bind(socket, HOST4, PORT)).isZero();
        assertThat(bind(socket, HOST4, PORT + 1)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    @Rfc({"5452", "9.2"})
    void ephemeralPortsAreScatteredOverTheWholeRange() {
        Set<Integer> ports = new HashSet<>();
        for (int i = 0; i < 64; i++) {
            DatagramSocket next = open();
            assertThat(bind(next, "::", 0)).isZero();
            ports.add(next.port().localPort());
            next.close();
        }
        assertThat(ports).hasSizeGreaterThan(60).allMatch(port -> port >= 32_768 && port <= 60_999);
        assertThat(ports.stream().mapToInt(port -> port).max().orElse(0)
                - ports.stream().mapToInt(port -> port).min().orElse(0))
                .isGreaterThan(20_000);
    }

    // Connected.

    @Test
    @Rfc({"1122", "4.1.3.5"})
    void aConnectedSocketHearsOfNobodyButItsPeer() {
        bind(socket, "::", PORT);
        assertThat(connect(socket, PEER4, PEER_PORT)).isZero();
        rig.receive(fromPeer(4).udp(PEER_PORT + 1, PORT, pattern(9)).build());
        rig.receive(packet("10.77.0.9", HOST4).udp(PEER_PORT, PORT, pattern(9)).build());
        assertThat(receive(socket)).isNull();
        assertThat(rig.counter("UdpNoPorts")).isEqualTo(2);
        rig.sent();
        rig.receive(datagram(4, pattern(9)));
        assertThat(receive(socket)).isNotNull();
        assertThat(socket.send(ByteBuffer.wrap(pattern(4)))).isEqualTo(4);
        assertThat(send(socket, PEER4, PEER_PORT + 1, pattern(4))).isEqualTo(-Errno.EISCONN);
        assertThat(rig.sent()).hasSize(1);
    }

    @Test
    void aDisconnectedSocketHearsOfEverybodyAgain() {
        bind(socket, "::", PORT);
        connect(socket, PEER4, PEER_PORT + 1);
        assertThat(socket.disconnect()).isZero();
        rig.receive(datagram(4, pattern(9)));
        assertThat(receive(socket)).isNotNull();
        assertThat(socket.send(ByteBuffer.allocate(1))).isEqualTo(-Errno.ENOTCONN);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    @Rfc({"1122", "4.1.3.3"})
    void portUnreachableIsToldToAConnectedSocketOnce(int version) {
        connect(socket, peer(version), PEER_PORT);
        assertThat(socket.send(ByteBuffer.wrap(pattern(4)))).isEqualTo(4);
        portUnreachable(version, rig.reply());
        assertThat(woken).isEqualTo(1);
        assertThat(socket.receiveFrom(ByteBuffer.allocate(9), new UdpSource())).isEqualTo(-Errno.ECONNREFUSED);
        assertThat(socket.receiveFrom(ByteBuffer.allocate(9), new UdpSource())).isEqualTo(-Errno.EAGAIN);
    }

    @Test
    void portUnreachableIsNotToldToAnUnconnectedSocket() {
        bind(socket, "::", PORT);
        send(socket, PEER4, PEER_PORT, pattern(4));
        portUnreachable(4, rig.reply());
        assertThat(socket.isReadable()).isFalse();
        assertThat(rig.counter("UdpIcmpUnmatched")).isEqualTo(1);
    }

    @Test
    @Rfc({"8085", "5.2"})
    void anErrorThatQuotesOtherPortsIsALie() {
        bind(socket, HOST4, PORT);
        connect(socket, PEER4, PEER_PORT);
        portUnreachable(4, packet(HOST4, PEER4).udp(PORT, PEER_PORT + 1, pattern(4)).build());
        portUnreachable(4, packet(HOST4, PEER4).udp(PORT + 1, PEER_PORT, pattern(4)).build());
        portUnreachable(4, packet(HOST4, "10.77.0.9").udp(PORT, PEER_PORT, pattern(4)).build());
        assertThat(socket.isReadable()).isFalse();
        assertThat(rig.counter("UdpIcmpUnmatched")).isEqualTo(3);
    }

    @Test
    @Rfc({"1122", "4.1.3.3"})
    void softErrorsAreNotTold() {
        connect(socket, PEER4, PEER_PORT);
        socket.send(ByteBuffer.wrap(pattern(4)));
        icmp(4, 3, 1, 0, rig.reply());
        assertThat(socket.isReadable()).isFalse();
    }

    // Sizes.

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void theLongestDatagramCrossesInFragments(int version) {
        int longest = version == 4 ? 65_507 : 65_527;
        bind(socket, "::", PORT);
        assertThat(send(socket, peer(version), PEER_PORT, pattern(longest))).isEqualTo(longest);
        assertThat(rig.sent()).hasSizeGreaterThan(40);
        assertThat(send(socket, peer(version), PEER_PORT, pattern(longest + 1))).isEqualTo(-Errno.EMSGSIZE);
        assertThat(rig.sent()).isEmpty();
    }

    @Test
    void theLongestDatagramIsReceivedInFragments() {
        bind(socket, "::", PORT);
        byte[] datagram = fromPeer(4).udp(PEER_PORT, PORT, pattern(65_507)).transport();
        for (int from = 0; from < datagram.length; from += 1480) {
            int end = Math.min(datagram.length, from + 1480);
            rig.receive(fromPeer(4).protocol(17)
                    .fragment(77, from, end < datagram.length)
                    .payload(Arrays.copyOfRange(datagram, from, end))
                    .build());
        }
        assertThat(receive(socket)).isNotNull()
                .satisfies(arrival -> assertThat(arrival.data()).isEqualTo(pattern(65_507)));
    }

    @Test
    @Rfc({"1191", "6"})
    void whatARouterCannotPassIsCutFromThenOn() {
        connect(socket, PEER4, PEER_PORT);
        socket.send(ByteBuffer.wrap(pattern(1400)));
        icmp(4, 3, 4, 1000, rig.reply());
        assertThat(socket.isReadable()).isFalse();
        socket.send(ByteBuffer.wrap(pattern(1400)));
        assertThat(rig.sent()).hasSize(2).allMatch(packet -> packet.length <= 1000);
    }

    @Test
    void whatARouterCannotPassIsCutForAnUnconnectedSocketToo() {
        bind(socket, "::", PORT);
        send(socket, PEER4, PEER_PORT, pattern(1400));
        byte[] quoted = rig.reply();
        icmp(4, 3, 4, 1000, quoted);
        assertThat(socket.isReadable()).isFalse();
        send(socket, PEER4, PEER_PORT, pattern(1400));
        assertThat(rig.sent()).hasSize(2).allMatch(packet -> packet.length <= 1000);
        assertThat(rig.counter("UdpIcmpUnmatched")).isZero();
    }

    @Test
    void anUnconnectedSocketBelievesNothingOfWhereItDidNotSend() {
        bind(socket, "::", PORT);
        send(socket, PEER4, PEER_PORT, pattern(1400));
        byte[] quoted = rig.reply();
        send(socket, "10.77.0.9", PEER_PORT, pattern(10));
        icmp(4, 3, 4, 1000, quoted);
        assertThat(rig.counter("UdpIcmpUnmatched")).isEqualTo(1);
        rig.sent();
        send(socket, PEER4, PEER_PORT, pattern(1400));
        assertThat(rig.sent()).hasSize(1);
    }

    @Test
    void aSocketThatForbidsCuttingHearsWhatDoesNotFit() {
        socket.port().dontFragment(true);
        connect(socket, PEER4, PEER_PORT);
        assertThat(socket.send(ByteBuffer.wrap(pattern(1473)))).isEqualTo(-Errno.EMSGSIZE);
        assertThat(socket.send(ByteBuffer.wrap(pattern(1472)))).isEqualTo(1472);
        icmp(4, 3, 4, 1000, rig.reply());
        assertThat(socket.receiveFrom(ByteBuffer.allocate(1), new UdpSource())).isEqualTo(-Errno.EMSGSIZE);
        assertThat(socket.send(ByteBuffer.wrap(pattern(973)))).isEqualTo(-Errno.EMSGSIZE);
        assertThat(socket.send(ByteBuffer.wrap(pattern(972)))).isEqualTo(972);
    }

    // Memory.

    @Test
    void aFloodPinsNoMoreThanTheReceiveBuffer() {
        bind(socket, "::", PORT);
        socket.port().receiveBuffer(10 * FramePool.MTU_SLOT_BYTES);
        for (int i = 0; i < 1000; i++) {
            rig.receive(datagram(4, pattern(1 + i % 1000)));
        }
        assertThat(rig.frames.inUse()).isEqualTo(10);
        assertThat(rig.counter("UdpRcvbufErrors")).isEqualTo(990);
        assertThat(rig.counter("UdpInErrors")).isEqualTo(990);
        assertThat(rig.core.udp().infos()).singleElement().satisfies(info -> {
            assertThat(info.drops()).isEqualTo(990);
            assertThat(info.receiveMemory()).isEqualTo(10 * FramePool.MTU_SLOT_BYTES);
        });
        assertThat(receive(socket)).isNotNull().satisfies(first -> assertThat(first.data()).hasSize(1));
        rig.receive(datagram(4, pattern(77)));
        assertThat(rig.frames.inUse()).as("room was made for one").isEqualTo(10);
    }

    @Test
    void littleInALargeFrameMovesToASmallOne() {
        bind(socket, "::", PORT);
        socket.port().receiveBuffer(2 * FramePool.MTU_SLOT_BYTES);
        byte[] packet = datagram(4, pattern(300));
        for (int i = 0; i < 2; i++) {
            var large = rig.frames.takeSuper();
            assertThat(large).isNotNull();
            large.resize(packet.length);
            Memory.copyIn(packet, 0, large.data(), packet.length);
            rig.receive(large);
        }
        for (int i = 0; i < 2; i++) {
            assertThat(receive(socket)).isNotNull().satisfies(arrival -> {
                assertThat(arrival.data()).isEqualTo(pattern(300));
                assertThat(arrival.port()).isEqualTo(PEER_PORT);
            });
        }
    }

    @Test
    void thereIsNoWayToWhereNoLinkLeads() {
        assertThat(send(socket, "127.0.0.1", PEER_PORT, pattern(1))).isEqualTo(-Errno.ENETUNREACH);
        assertThat(connect(socket, "224.0.0.251", 5353)).isEqualTo(-Errno.ENETUNREACH);
        assertThat(send(socket, PEER4, 0, pattern(1))).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void aLinkThatIsDownTakesNothing() {
        connect(socket, PEER4, PEER_PORT);
        rig.core.onDevice(0, false, 1500, rig.nowNs);
        assertThat(socket.send(ByteBuffer.wrap(pattern(4)))).isEqualTo(-Errno.ENETUNREACH);
        rig.core.onDevice(0, true, 1500, rig.nowNs);
        assertThat(socket.send(ByteBuffer.wrap(pattern(4)))).isEqualTo(4);
        assertThat(rig.sent()).hasSize(1);
    }

    @Test
    void nothingIsSentFromAnAddressThatTheLinkHasLost() {
        bind(socket, HOST4, PORT);
        assertThat(send(socket, PEER4, PEER_PORT, pattern(4))).isEqualTo(4);
        rig.core.onAddresses(0, List.of(Prefix.parse("10.77.0.3/24")), rig.nowNs);
        assertThat(send(socket, PEER4, PEER_PORT, pattern(4))).isEqualTo(-Errno.ENETUNREACH);
        assertThat(rig.sent()).hasSize(1);
    }
}
