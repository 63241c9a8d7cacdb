package dev.braid.tools.ss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.tools.cli.UserError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The form of what {@code braid ss} prints; the expected lines were printed by iproute2's ss 6.1 of such connections. */
final class SocketTableTest {
    private static Row connection(String state, long received, long queued, String local, int port, String peer,
            int peerPort) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("state", state);
        fields.put("receive_queued", received);
        fields.put("send_queued", queued);
        fields.put("local", local);
        fields.put("local_port", port);
        fields.put("remote", peer);
        fields.put("remote_port", peerPort);
        return Row.connection(fields);
    }

    private static Row listener(String local, int port) {
        return Row.listener(Map.of("local", local, "port", port, "acceptable", 0, "backlog", 5));
    }

    private final Row established = connection("ESTABLISHED", 20_000, 0, "127.0.0.1", 7001, "127.0.0.1", 42_504);

    @Test
    void columnsAreAsWideAsTheirWidestCell() {
        var table = new SocketTable(true, false, true, Map.of());
        table.add(listener("127.0.0.1", 7001), "");
        table.add(listener("0.0.0.0", 7004), "");
        table.add(established, "");
        table.add(connection("TIME_WAIT", 0, 0, "127.0.0.1", 42_508, "127.0.0.1", 7001), " timer:(timewait,59sec,0)");
        table.add(listener("::1", 7002), "");
        table.add(listener("::", 7003), "");
        table.add(connection("ESTABLISHED", 5, 0, "::1", 7002, "::1", 35_800), "");
        assertThat(table.lines()).containsExactly(
                "State     Recv-Q Send-Q Local Address:Port  Peer Address:Port Process",
                "LISTEN    0      5          127.0.0.1:7001       0.0.0.0:*",
                "LISTEN    0      5            0.0.0.0:7004       0.0.0.0:*",
                "ESTAB     20000  0          127.0.0.1:7001     127.0.0.1:42504",
                "TIME-WAIT 0      0          127.0.0.1:42508    127.0.0.1:7001  timer:(timewait,59sec,0)",
                "LISTEN    0      5              [::1]:7002          [::]:*",
                "LISTEN    0      5                  *:7003             *:*",
                "ESTAB     5      0              [::1]:7002         [::1]:35800");
    }

    @Test
    void withoutHeaderOnlyTheQueuesKeepTheirWidth() {
        var table = new SocketTable(false, false, true, Map.of());
        table.add(established, "");
        assertThat(table.lines()).containsExactly("ESTAB 20000  0      127.0.0.1:7001 127.0.0.1:42504");
    }

    @Test
    void portsHaveNamesAndTheKindOfSocketAColumnUnlessToldOtherwise() {
        var table = new SocketTable(false, true, true, Map.of(7001, "echo"));
        table.add(established, "");
        assertThat(table.lines()).containsExactly("tcp ESTAB 20000  0      127.0.0.1:echo 127.0.0.1:42504");
    }

    @Test
    void tcpInfoHasTheKernelsKeysInItsOrder() {
        var fields = new LinkedHashMap<String, Object>();
        fields.putAll(Map.of("state", "ESTABLISHED", "local", "10.0.0.1", "remote", "10.0.0.2", "congestion", "cubic",
                "window_scaling", true, "snd_wscale", 10, "rcv_wscale", 7, "snd_mss", 1448, "cwnd", 14_480L));
        fields.putAll(Map.of("rto_ns", 204_000_000L, "rtt_ns", 25_000L, "rttvar_ns", 12_000L, "min_rtt_ns", 14_000L,
                "bytes_sent", 50_000, "bytes_acked", 32_742, "segs_out", 4, "ssthresh", Long.MAX_VALUE, "pacing_rate",
                -1));
        fields.putAll(Map.of("busy_ns", 16_000_000L, "rwnd_limited_ns", 4_000_000L, "total_retrans", 3, "retrans", 1,
                "reordering", 3, "snd_wnd", 95_232, "delivered", 2, "delivery_rate", 3_401_142_857L, "lost", 1,
                "delivery_rate_app_limited", true));
        assertThat(InfoLine.tcp(Row.connection(fields), false, true))
                .isEqualTo(" cubic wscale:10,7 rto:204 rtt:0.025/0.012"
                        + " mss:1448 cwnd:10 bytes_sent:50000 bytes_acked:32742 segs_out:4 send 4633600000bps"
                        + " delivery_rate 27209142856bps delivered:2 app_limited busy:16ms rwnd_limited:4ms(25.0%) retrans:1/3"
                        + " lost:1 minrtt:0.014 snd_wnd:95232");
    }

    @Test
    void congestionControlTellsOfItself() {
        var fields = new LinkedHashMap<String, Object>(
                Map.of("local", "10.0.0.1", "remote", "10.0.0.2", "congestion", "bbr", "cwnd", 1L, "congestion_info",
                        Map.of("bandwidth", 12_500_000L, "min_rtt_us", 20_116, "pacing_gain", 320, "cwnd_gain", 576)));
        assertThat(InfoLine.tcp(Row.connection(fields), false, false))
                .contains(" bbr:(bw:100Mbps,mrtt:20.116,pacing_gain:1.25,cwnd_gain:2.25)");
        fields.put("congestion_info",
                Map.of("enabled", true, "ce_state", true, "alpha", 512, "marked_bytes", 3, "total_bytes", 9));
        assertThat(InfoLine.tcp(Row.connection(fields), false, false))
                .contains(" dctcp:(ce_state:1,alpha:512,ab_ecn:3,ab_tot:9)");
        fields.put("congestion_info", Map.of("enabled", false, "alpha", 0));
        assertThat(InfoLine.tcp(Row.connection(fields), false, false)).contains(" dctcp:fallback_mode");
    }

    @Test
    void multipathConnectionsHaveTheKernelsKeysInItsOrder() {
        var fields = new LinkedHashMap<String, Object>(Map.of("local", "127.0.0.1", "remote", "127.0.0.1"));
        fields.putAll(Map.of("subflows", 2, "add_addr_signal", 1, "subflows_max", 4, "add_addr_signal_max", 1,
                "add_addr_accepted_max", 4, "remote_key_received", true, "token", 0x422d3ab8, "write_seq",
                -5_592_412_345_678_901_234L, "snd_una", 5L, "rcv_nxt", 6L));
        fields.putAll(Map.of("local_addr_used", 1, "checksum", true, "retransmits", 3, "bytes_retrans", 4000,
                "bytes_sent", 100_000, "bytes_received", 7, "bytes_acked", 90_000, "subflows_total", 3,
                "last_data_sent_ns", 3_999_999L, "last_ack_recv_ns", 999_999L));
        assertThat(MptcpLine.info(Row.multipath(fields))).isEqualTo(" subflows:2 add_addr_signal:1 subflows_max:4"
                + " add_addr_signal_max:1 add_addr_accepted_max:4 remote_key token:422d3ab8"
                + " write_seq:12854331728030650382 snd_una:5 rcv_nxt:6 local_addr_used:1 csum_enabled:1 retransmits:3"
                + " bytes_retrans:4000 bytes_sent:100000 bytes_received:7 bytes_acked:90000 subflows_total:3"
                + " last_data_sent:3");
        assertThat(MptcpLine.info(Row.multipath(Map.of("local", "::1", "remote", "::1", "token", -1, "fallback", true,
                "fallback_reason", "NO_DSS", "path_managers", "kernel mine"))))
                .isEqualTo(" fallback token:ffffffff fallback_reason:NO_DSS path_manager:kernel,mine");
    }

    @Test
    void subflowsAreNamedAsTheKernelDoes() {
        assertThat(MptcpLine.subflow(Map.of("flags", 0b1111_1100, "token", 0xe596f137, "remote_token", 0x422d3ab8,
                "local_id", 2, "remote_id", 2, "map_seq", 0xb259167ea51aae86L, "ssn_offset", 0xdc042231)))
                .isEqualTo(" tcp-ulp-mptcp flags:JjBbec token:422d3ab8(id:2)/e596f137(id:2) seq:b259167ea51aae86"
                        + " sfseq:0 ssnoff:dc042231 maplen:0");
        assertThat(MptcpLine.subflow(Map.of("flags", 0b1_1100_0011, "token", 0xe596f137, "map_subflow_seq", 1,
                "map_data_length", 0x1f4)))
                .isEqualTo(" tcp-ulp-mptcp flags:Mmecv token:0000(id:0)/e596f137(id:0) seq:0 sfseq:1 ssnoff:0"
                        + " maplen:1f4");
    }

    @Test
    void aMultipathListenerIsShownInBothKinds() {
        var table = new SocketTable(false, true, true, Map.of());
        table.add(listener("::", 7), "");
        table.add(Row.multipathListener(Map.of("local", "::", "port", 7, "acceptable", 0, "backlog", 5)), "");
        assertThat(table.lines()).containsExactly("tcp   LISTEN 0      5      *:7 *:*",
                "mptcp LISTEN 0      5      *:7 *:*");
    }

    @ParameterizedTest
    @CsvSource({"27209142856,27.2G", "835521111,836M", "104857600000,105G", "999,999", "0,0", "1000,1k"})
    void ratesHaveThreeDigitsUnlessNumeric(double bits, String text) {
        assertThat(InfoLine.bits(bits, false)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"59000,59sec", "5123,5.123ms", "200,200ms", "7199000,119min", "80000,1min20sec"})
    void timersReadAsTheKernels(long ms, String text) {
        var fields = new LinkedHashMap<String, Object>(
                Map.of("timer", 2, "timer_ns", ms * 1_000_000L, "probes", 1, "local", "::1", "remote", "::1"));
        assertThat(InfoLine.timer(Row.connection(fields))).isEqualTo(" timer:(keepalive," + text + ",1)");
    }

    @Test
    void filtersChooseStatesAndPorts() {
        assertThat(Filter.parse(List.of("sport", "=", ":7001"), States.USUAL).shows(established)).isTrue();
        assertThat(Filter.parse(List.of("sport", "!=", ":7001"), States.USUAL).shows(established)).isFalse();
        assertThat(Filter.parse(List.of("dport", ":80"), States.USUAL).shows(established)).isFalse();
        assertThat(Filter.parse(List.of("state", "time-wait"), States.USUAL).shows(established)).isFalse();
        assertThat(
                Filter.parse(List.of("state", "connected", "exclude", "established"), States.USUAL).shows(established))
                .isFalse();
        assertThatThrownBy(() -> Filter.parse(List.of("state", "foo"), States.USUAL))
                .isInstanceOf(UserError.class).hasMessageContaining("there is no state foo");
        assertThatThrownBy(() -> Filter.parse(List.of("port", "7"), States.USUAL)).isInstanceOf(UserError.class);
        assertThatThrownBy(() -> Filter.parse(List.of("sport"), States.USUAL)).isInstanceOf(UserError.class);
    }
}
