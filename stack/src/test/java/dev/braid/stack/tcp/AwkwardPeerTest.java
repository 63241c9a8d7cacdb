package dev.braid.stack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.chunk.Chunk;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.stack.rig.CoreRig;
import dev.braid.stack.rig.PacketBytes;
import dev.braid.testing.Rfc;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A client and a peer that is within its rights, but seldom met: every segment of the peer is written by hand. */
class AwkwardPeerTest {
    private static final long MS = 1_000_000L;
    private static final long SECOND = 1000 * MS;
    private static final int IRS = 0xffff_ff00;
    private static final int[] SACK_PERMITTED = {2, 4, 3, 0xe8, 4, 2, 1, 1};
    private static final int[] MSS_ONLY = {2, 4, 3, 0xe8};

    private final CoreRig rig = new CoreRig();
    private final Tcb tcb = rig.core.tcp().open(new Silent(), new TcpSettings());
    private int localPort;
    private int iss;
    private int rcvNxt;

    private static final class Silent implements ConnectionUser {
        @Override
        public void onEstablished(Connection connection) {}

        @Override
        public void onReadable(Connection connection) {}

        @Override
        public void onWritable(Connection connection) {}

        @Override
        public void onFailed(Connection connection, TcpFailure failure) {}

        @Override
        public void onClosed(Connection connection) {}
    }

    @AfterEach
    void nothingLeaks() {
        tcb.abort(rig.nowNs);
        rig.core.flush(rig.nowNs);
        rig.close();
    }

    private void connect(int[] options, byte[] onSynAck) {
        IpAddress peer = IpAddress.parse(CoreRig.PEER4);
        assertThat(rig.core.tcp().connect(tcb, 0, 0, 0, peer.hi(), peer.lo(), 80, rig.nowNs)).isNull();
        rig.core.flush(rig.nowNs);
        byte[] syn = rig.reply();
        localPort = PacketBytes.u16(syn, 20);
        iss = PacketBytes.i32(syn, 24);
        rcvNxt = IRS + 1;
        rig.after(MS);
        peer(IRS, iss + 1, Tcp.SYN | Tcp.ACK, 20_000, options, onSynAck);
        assertThat(tcb.state()).isEqualTo(TcpState.ESTABLISHED);
    }

    private void peer(int seq, int ack, int flags, int window, int[] options, byte[] data) {
        byte[] segment = ByteBuffer.allocate(20 + options.length + data.length)
                .putShort((short) 80)
                .putShort((short) localPort)
                .putInt(seq)
                .putInt(ack)
                .putShort((short) (((20 + options.length) / 4) << 12 | flags))
                .putShort((short) window)
                .putInt(0)
                .put(PacketBytes.bytes(options))
                .put(data)
                .array();
        rig.receive(PacketBytes.packet(CoreRig.PEER4, CoreRig.HOST4).protocol(Protocol.TCP).payload(segment).build());
    }

    private void acknowledges(int bytes, int window, int... options) {
        peer(rcvNxt, iss + 1 + bytes, Tcp.ACK, window, options, new byte[0]);
    }

    private void send(int bytes) {
        Chunk chunk = Objects.requireNonNull(rig.chunks.take(bytes));
        tcb.append(chunk, 0, bytes);
        chunk.release();
        rig.core.flush(rig.nowNs);
    }

    private static int flags(byte[] packet) {
        return packet[33] & 0xff;
    }

    @Test
    @Rfc({"9293", "3.10.7.3"})
    void dataOnTheSynAckArrivesWhole() {
        connect(MSS_ONLY, new byte[] {1, 2, 3, 4, 5});
        assertThat(tcb.received().available()).isEqualTo(5);
        long at = Memory.allocate(rig.arena, 8, 8);
        tcb.received().copyOut(at, 5);
        assertThat(Memory.u8(at)).isEqualTo(1);
        List<byte[]> acks = rig.sent();
        assertThat(PacketBytes.i32(acks.getLast(), 28)).isEqualTo(IRS + 1 + 5);
    }

    @Test
    @Rfc({"9293", "3.8.6.1", "MUST-36"})
    void finWaitsForAWindowThatIsClosed() {
        connect(MSS_ONLY, new byte[0]);
        acknowledges(0, 0);
        rig.sent();
        tcb.finish();
        rig.core.flush(rig.nowNs);
        assertThat(rig.sent()).isEmpty();
        for (int i = 0; i < 30; i++) {
            rig.after(120 * SECOND);
            for (byte[] probe : rig.sent()) {
                assertThat(flags(probe)).as("a probe").isEqualTo(Tcp.ACK);
            }
            acknowledges(0, 0);
        }
        rig.sent();
        acknowledges(0, 1000);
        assertThat(flags(rig.reply())).isEqualTo(Tcp.FIN | Tcp.ACK);
        assertThat(tcb.state()).isEqualTo(TcpState.FIN_WAIT_1);
    }

    @Test
    @Rfc({"9293", "3.8.6.1", "MUST-37"})
    void windowTakenBackWithDataInFlightKeepsTheConnectionWhileThePeerAnswers() {
        connect(MSS_ONLY, new byte[0]);
        send(500);
        for (int i = 0; i < 30; i++) {
            acknowledges(0, 0);
            rig.after(120 * SECOND);
        }
        assertThat(tcb.state()).isEqualTo(TcpState.ESTABLISHED);
        rig.sent();
        acknowledges(500, 1000);
        send(100);
        assertThat(rig.sent()).hasSize(1);
    }

    @Test
    @Rfc({"9293", "3.8.3"})
    void peerThatFallsSilentBehindAClosedWindowIsGivenUp() {
        connect(MSS_ONLY, new byte[0]);
        send(500);
        acknowledges(0, 0);
        for (int i = 0; i < 30; i++) {
            rig.after(120 * SECOND);
        }
        assertThat(tcb.state()).isEqualTo(TcpState.CLOSED);
        assertThat(tcb.failure()).isEqualTo(TcpFailure.TIMED_OUT);
    }

    @Test
    @Rfc({"6675", "2"})
    void duplicatesThatSackNothingNewMeanNoLoss() {
        connect(SACK_PERMITTED, new byte[0]);
        for (int i = 0; i < 6; i++) {
            send(1000);
        }
        rig.sent();
        rig.after(MS);
        for (int i = 0; i < 5; i++) {
            acknowledges(0, 20_000);
        }
        assertThat(tcb.retransmits()).isZero();
        for (int i = 1; i <= 3; i++) {
            acknowledges(0, 20_000, sack(1000, 1000 * (i + 1)));
        }
        assertThat(tcb.retransmits()).isEqualTo(1);
    }

    private int[] sack(int from, int to) {
        int left = iss + 1 + from;
        int right = iss + 1 + to;
        return new int[] {
            1, 1, 5, 10, left >>> 24, left >>> 16, left >>> 8, left, right >>> 24, right >>> 16, right >>> 8, right
        };
    }

    @Test
    @Rfc({"9293", "3.10.7.4"})
    void synForAPortThatNobodyListensOnLeavesTimeWaitAlone() {
        connect(MSS_ONLY, new byte[0]);
        tcb.finish();
        rig.core.flush(rig.nowNs);
        peer(rcvNxt, iss + 2, Tcp.ACK | Tcp.FIN, 20_000, new int[0], new byte[0]);
        assertThat(rig.core.tcp().timeWaiting()).isEqualTo(1);
        rig.after(SECOND);
        rig.sent();
        peer(rcvNxt + 100_000, 0, Tcp.SYN, 20_000, MSS_ONLY, new byte[0]);
        assertThat(rig.core.tcp().timeWaiting()).isEqualTo(1);
        byte[] answer = rig.reply();
        assertThat(flags(answer)).isEqualTo(Tcp.ACK);
        assertThat(PacketBytes.i32(answer, 28)).isEqualTo(rcvNxt + 1);
    }
}
