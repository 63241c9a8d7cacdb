package dev.braid.stack.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.mptcp.MptcpInfo;
import dev.braid.stack.mptcp.MptcpInfos;
import dev.braid.stack.mptcp.SubflowInfo;
import dev.braid.stack.tcp.TcpState;
import java.lang.foreign.Arena;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Layouts and errors of level SOL_MPTCP. The bytes expected are what a kernel of Linux 6.18 answered for the same numbers. */
final class MultipathOptionsTest {
    private static final int TCP_INFO = TcpInfoLayout.LENGTH;
    private static final int ADDRESSES = 256;
    private static final int SUBFLOW_INFO = 264;

    private final Arena arena = Arena.ofConfined();
    private final long at = Memory.allocate(arena, 4096, 8);
    private final MptcpInfo info = MptcpInfos.blank();

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    void theConnectionsNumbersLieWhereTheKernelPutsThem() {
        info.subflows = 2;
        info.addAddrSignal = 1;
        info.addAddrAccepted = 1;
        info.subflowsMax = 4;
        info.addAddrSignalMax = 1;
        info.addAddrAcceptedMax = 4;
        info.remoteKeyReceived = true;
        info.token = 0x057da964;
        info.writeSeq = 0x625dfd6ec57b6bdbL;
        info.sndUna = 0x625dfd6ec57b6bdbL;
        info.rcvNxt = 0x95658d766894cc53L;
        info.localAddrUsed = 1;
        info.localAddrMax = 1;
        info.bytesSent = 1000;
        info.bytesReceived = 500;
        info.bytesAcked = 1000;
        info.subflowsTotal = 3;
        info.lastDataSentNs = 500_900_000L;
        info.lastDataRecvNs = 500_000_000L;
        info.lastAckRecvNs = 500_000_000L;
        assertThat(MultipathOptions.read(info, MultipathOptions.MPTCP_INFO, at, 512)).isEqualTo(96);
        assertThat(hex(0, 96))
                .isEqualTo("02010104010400000200000064a97d05db6b7bc56efd5d62db6b7bc56efd5d6253cc9468768d6595"
                        + "01010000000000000000000000000000e803000000000000f401000000000000e80300000000000003000000"
                        + "f4010000f4010000f4010000");
    }

    @Test
    void numbersThatAnEarlierKernelDidNotHaveFollow() {
        info.checksum = true;
        info.retransmits = 7;
        info.bytesRetrans = 0x1_0000_0001L;
        info.subflowsTotal = 1000;
        info.laminarMax = 2;
        MultipathOptions.read(info, MultipathOptions.MPTCP_INFO, at, 512);
        assertThat(hex(42, 1)).isEqualTo("01");
        assertThat(hex(44, 12)).isEqualTo("070000000100000001000000");
        assertThat(hex(80, 1)).as("it stops at the field's end").isEqualTo("ff");
        assertThat(hex(81, 3)).as("then Linux 6.18's endp_laminar_max, and what is reserved").isEqualTo("020000");
    }

    @Test
    void aProgramThatKnowsLessGetsTheBeginning() {
        info.subflows = 2;
        assertThat(MultipathOptions.read(info, MultipathOptions.MPTCP_INFO, at, 20)).isEqualTo(20);
        assertThat(hex(0, 1)).isEqualTo("02");
    }

    @Test
    void addressesAreThoseOfEachSubflow() {
        subflow("127.0.0.1", 48_512, "127.0.0.1", 5001);
        subflow("fd00::1", 1, "fd00::2", 65_535);
        ask(16, 0, 0, ADDRESSES);
        assertThat(addresses(1000)).isEqualTo(16 + 2 * ADDRESSES);
        assertThat(hex(0, 16)).isEqualTo("10000000020000000001000000010000");
        assertThat(hex(16, 16)).isEqualTo("0200bd807f0000010000000000000000");
        assertThat(hex(16 + 128, 16)).isEqualTo("020013897f0000010000000000000000");
        assertThat(hex(16 + ADDRESSES, 28)).isEqualTo("0a00000100000000fd00000000000000000000000000000100000000");
    }

    @Test
    void howManyThereAreIsToldThoughFewerFit() {
        subflow("127.0.0.1", 1, "127.0.0.1", 2);
        subflow("127.0.0.1", 3, "127.0.0.1", 4);
        ask(16, 0, 0, ADDRESSES);
        assertThat(addresses(16)).isEqualTo(16);
        assertThat(hex(0, 16)).isEqualTo("10000000020000000001000000010000");
        ask(16, 0, 0, 28);
        assertThat(addresses(16 + 28 + 27)).isEqualTo(16 + 28);
        assertThat(hex(12, 4)).isEqualTo("1c000000");
    }

    @Test
    void aLargerHeadOfAnotherProgramIsSkipped() {
        subflow("127.0.0.1", 0x1234, "127.0.0.1", 2);
        ask(24, 0, 0, ADDRESSES);
        assertThat(addresses(1000)).isEqualTo(24 + ADDRESSES);
        assertThat(hex(24, 4)).isEqualTo("02001234");
    }

    @Test
    void aHeadThatMakesNoSenseIsRefused() {
        ask(16, 1, 0, ADDRESSES);
        assertThat(addresses(1000)).isEqualTo(-Errno.EINVAL);
        ask(16, 0, 1, ADDRESSES);
        assertThat(addresses(1000)).isEqualTo(-Errno.EINVAL);
        ask(12, 0, 0, ADDRESSES);
        assertThat(addresses(1000)).isEqualTo(-Errno.EINVAL);
        ask(1001, 0, 0, ADDRESSES);
        assertThat(addresses(1000)).isEqualTo(-Errno.EINVAL);
        ask(16, 0, 0, -1);
        assertThat(addresses(1000)).isEqualTo(-Errno.EINVAL);
        ask(16, 0, 0, ADDRESSES);
        assertThat(addresses(12)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void eachSubflowHasATcpInfo() {
        subflow("127.0.0.1", 1, "127.0.0.1", 2).tcp.state = TcpState.ESTABLISHED;
        subflow("127.0.0.1", 3, "127.0.0.1", 4).tcp.state = TcpState.CLOSE_WAIT;
        ask(16, 0, 0, 10_000);
        assertThat(MultipathOptions.read(info, MultipathOptions.MPTCP_TCPINFO, at, 1000)).isEqualTo(16 + 2 * TCP_INFO);
        assertThat(hex(0, 17)).isEqualTo("1000000002000000180100001801000001");
        assertThat(hex(16 + TCP_INFO, 1)).isEqualTo("08");
    }

    @Test
    void fullInfoFillsTheProgramsArrays() {
        subflow("127.0.0.1", 1, "127.0.0.1", 2).tcp.state = TcpState.ESTABLISHED;
        subflow("127.0.0.1", 3, "127.0.0.1", 4).tcp.state = TcpState.ESTABLISHED;
        info.subflows = 1;
        long subflows = at + 1024;
        long tcps = at + 2048;
        askFull(TCP_INFO, 300, 3, subflows, tcps);
        assertThat(full(400)).isEqualTo(136);
        assertThat(hex(0, 24)).isEqualTo("180100001801000008010000080100000200000002000000");
        assertThat(hex(40, 1)).isEqualTo("01");
        assertThat(hex(1024, 12)).isEqualTo("010000000000000002000001");
        assertThat(hex(1024 + SUBFLOW_INFO, 12)).isEqualTo("020000000000000002000003");
        assertThat(hex(2048 + TCP_INFO, 1)).isEqualTo("01");
    }

    @Test
    void fullInfoNeverWritesBeyondTheArrays() {
        subflow("127.0.0.1", 1, "127.0.0.1", 2);
        subflow("127.0.0.1", 3, "127.0.0.1", 4);
        askFull(8, 4, 1, at + 1024, at + 2048);
        assertThat(full(40)).isEqualTo(40);
        assertThat(hex(0, 24)).isEqualTo("180100000800000008010000040000000200000001000000");
        assertThat(hex(1024, 8)).isEqualTo("0100000000000000");
        assertThat(hex(2048 + 8, 8)).isEqualTo("0000000000000000");
        askFull(8, 4, 1, at + 1024, at + 2048);
        assertThat(full(39)).isEqualTo(-Errno.EINVAL);
        Memory.putNative32(at, 1);
        assertThat(full(400)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void afterAFallbackThereIsNothingToTell() {
        info.fallback = true;
        assertThat(MultipathOptions.read(info, MultipathOptions.MPTCP_INFO, at, 512)).isEqualTo(-Errno.EOPNOTSUPP);
        assertThat(MultipathOptions.read(MptcpInfos.blank(), 5, at, 512)).isEqualTo(-Errno.EOPNOTSUPP);
    }

    private SubflowInfo subflow(String local, int localPort, String remote, int remotePort) {
        SubflowInfo subflow = MptcpInfos.subflow(info.subflowInfos.size());
        subflow.tcp.local = IpAddress.parse(local);
        subflow.tcp.localPort = localPort;
        subflow.tcp.remote = IpAddress.parse(remote);
        subflow.tcp.remotePort = remotePort;
        info.subflowInfos.add(subflow);
        return subflow;
    }

    private void ask(int head, int subflows, int kernelSize, int size) {
        Memory.putNative32(at, head);
        Memory.putNative32(at + 4, subflows);
        Memory.putNative32(at + 8, kernelSize);
        Memory.putNative32(at + 12, size);
    }

    private void askFull(int tcpSize, int subflowSize, int room, long subflows, long tcps) {
        Memory.zero(at, 4096);
        Memory.putNative32(at + 4, tcpSize);
        Memory.putNative32(at + 12, subflowSize);
        Memory.putNative32(at + 20, room);
        Memory.putNative64(at + 24, subflows);
        Memory.putNative64(at + 32, tcps);
    }

    private int addresses(int capacity) {
        return MultipathOptions.read(info, MultipathOptions.MPTCP_SUBFLOW_ADDRS, at, capacity);
    }

    private int full(int capacity) {
        return MultipathOptions.read(info, MultipathOptions.MPTCP_FULL_INFO, at, capacity);
    }

    private String hex(int offset, int length) {
        byte[] bytes = new byte[length];
        Memory.copyOut(at + offset, bytes, 0, length);
        return HexFormat.of().formatHex(bytes);
    }
}
