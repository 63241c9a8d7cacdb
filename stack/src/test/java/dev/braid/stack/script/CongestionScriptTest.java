package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.burst;
import static dev.braid.stack.script.Seg.syn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.memory.Memory;
import dev.braid.stack.socket.Errno;
import dev.braid.stack.socket.OptionReader;
import dev.braid.stack.socket.OptionWriter;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Which congestion control a connection has, and how it changes (Linux's TCP_CONGESTION and TCP_CC_INFO). */
class CongestionScriptTest extends Script {
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_CONGESTION = 13;
    private static final int TCP_CC_INFO = 26;

    private Conn conn() {
        host.listen();
        return peer.opens(syn(0).mss(1_000).sackOk());
    }

    private int choose(Conn conn, String name) {
        try (Arena arena = Arena.ofConfined()) {
            byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
            long address = Memory.allocate(arena, bytes.length + 1L, 8);
            Memory.copyIn(bytes, 0, address, bytes.length);
            return OptionWriter.write(conn.socket().options(), core().tcp().config(), conn.socket(), IPPROTO_TCP,
                    TCP_CONGESTION, address, bytes.length, nowNs());
        }
    }

    private byte[] read(Conn conn, int name) {
        try (Arena arena = Arena.ofConfined()) {
            long address = Memory.allocate(arena, 64, 8);
            int length = OptionReader.read(conn.socket().options(), core().tcp().config(), conn.socket(),
                    IPPROTO_TCP, name, address, 64, nowNs());
            byte[] bytes = new byte[length];
            Memory.copyOut(address, bytes, 0, length);
            return bytes;
        }
    }

    private String chosen(Conn conn) {
        return new String(read(conn, TCP_CONGESTION), StandardCharsets.US_ASCII).replace("\0", "");
    }

    @Test
    void theHostsChoiceIsCubicUnlessToldOtherwise() {
        Conn conn = conn();
        assertThat(chosen(conn)).isEqualTo("cubic");
        assertThat(conn.tcb().info(nowNs()).congestion).isEqualTo("cubic");
    }

    @Test
    void anUnknownNameIsRefusedAndChangesNothing() {
        Conn conn = conn();
        assertThat(choose(conn, "vegas")).isEqualTo(-Errno.ENOENT);
        assertThat(choose(conn, "")).isEqualTo(-Errno.EINVAL);
        assertThat(chosen(conn)).isEqualTo("cubic");
    }

    @Test
    void anotherControlTakesOverALiveConnectionWithoutABurst() {
        Conn conn = conn();
        conn.write(10_000);
        peer.sees(burst(1, 10_001, 1_000));
        peer.sends(ack(1, 10_001));
        assertThat(conn.tcb().cwnd()).isEqualTo(20_000);
        for (String name : core().tcp().config().congestionControls.names()) {
            assertThat(choose(conn, name)).isZero();
            assertThat(chosen(conn)).isEqualTo(name);
            assertThat(conn.tcb().cwnd()).isEqualTo(20_000);
        }
        conn.write(5_000);
        peer.sees(burst(10_001, 15_001, 1_000)).sends(ack(1, 15_001)).seesNothing();
    }

    @Test
    void theHostsLaterChoiceLeavesConnectionsAlone() {
        Conn conn = conn();
        core().tunables().set("net.ipv4.tcp_congestion_control", "reno");
        conn.socket().optionsChanged(nowNs());
        assertThat(chosen(conn)).isEqualTo("cubic");
        conn.tcb().settings().noDelay = true;
        conn.socket().optionsChanged(nowNs());
        assertThat(chosen(conn)).isEqualTo("cubic");
    }

    @Test
    void controlsTellWhatLinuxTellsOfThem() {
        Conn conn = conn();
        assertThat(read(conn, TCP_CC_INFO)).isEmpty();
        choose(conn, "dctcp");
        // Not enabled, for ECN was not agreed on; alpha 1024; nothing counted.
        assertThat(read(conn, TCP_CC_INFO)).containsExactly(0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        choose(conn, "bbr");
        assertThat(read(conn, TCP_CC_INFO)).hasSize(20);
    }
}
