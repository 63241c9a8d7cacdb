package dev.braid.stack.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.memory.Memory;
import dev.braid.stack.socket.OptionWriter;
import dev.braid.stack.socket.SocketOptions;
import dev.braid.stack.tcp.TcpConfig;
import dev.braid.stack.tcp.TcpSettings;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * docs/socket-options.md says what each option does to a Multipath TCP connection, its present and its future subflows. The columns are
 * found by setting the option; rewrite the table with {@code -Dbraid.docs.rewrite=true}.
 */
final class SocketOptionTableTest {
    private static final int SOL_SOCKET = 1;
    private static final int TCP = 6;
    private static final int IP = 0;
    private static final int IPV6 = 41;
    private static final String YES = "yes";
    private static final String NO = "–";

    /** Where an option belongs, and so where it must act. */
    private enum Reach {
        /** The socket, or the connection as a whole: no subflow hears of it. */
        CONNECTION,
        /** Every subflow, present and future, for itself. */
        SUBFLOWS,
        /** Both. */
        BOTH,
        /** Nothing: taken for programs that set it. */
        NOTHING
    }

    /**
     * One option.
     *
     * @param values as 32-bit numbers, or a name's bytes
     * @param linux what Linux 6.18 answers on a connected MPTCP socket
     */
    private record Row(
            String name, int level, int number, byte[] values, Reach reach, String linux, String meaning) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final List<Row> ROWS = List.of(
            row("SO_REUSEADDR", SOL_SOCKET, 2, Reach.NOTHING, "ok unless connected", "taken, without effect", 1),
            row("SO_SNDBUF", SOL_SOCKET, 7, Reach.CONNECTION, "ok",
                    "bytes that may wait for their DATA_ACK over all subflows, fixed from then on", 100_000),
            row("SO_RCVBUF", SOL_SOCKET, 8, Reach.BOTH, "ok",
                    "the window that every subflow advertises, fixed from then on; of a future subflow also how far its "
                            + "windows are scaled",
                    100_000),
            row("SO_KEEPALIVE", SOL_SOCKET, 9, Reach.SUBFLOWS, "ok",
                    "each subflow probes when it is silent, and ends when nobody answers", 1),
            row("SO_LINGER", SOL_SOCKET, 13, Reach.CONNECTION, "ok",
                    "close waits until all data and the DATA_FIN are acknowledged; 0 s: MP_FASTCLOSE on all subflows",
                    1, 5),
            row("SO_RCVLOWAT", SOL_SOCKET, 18, Reach.CONNECTION, "ok", "bytes of the connection in order", 100),
            row("SO_RCVTIMEO", SOL_SOCKET, 20, Reach.CONNECTION, "ok", "of blocking reads and accepts", 5, 0, 0, 0),
            row("SO_SNDTIMEO", SOL_SOCKET, 21, Reach.CONNECTION, "ok", "of blocking writes and connects", 5, 0, 0, 0),
            row("SO_ZEROCOPY", SOL_SOCKET, 60, Reach.NOTHING, "EOPNOTSUPP", "taken; every send copies", 1),
            row("TCP_NODELAY", TCP, 1, Reach.CONNECTION, "ok",
                    "Nagle's algorithm counts what the connection has not had acknowledged, on whichever path; subflows never "
                            + "hold back what they were given",
                    1),
            row("TCP_MAXSEG", TCP, 2, Reach.SUBFLOWS, "ok, first subflow", "bound of the segments of each subflow",
                    1000),
            row("TCP_CORK", TCP, 3, Reach.CONNECTION, "ok", "only full segments are given to subflows", 1),
            row("TCP_KEEPIDLE", TCP, 4, Reach.SUBFLOWS, "ok", "before a subflow's first probe", 100),
            row("TCP_KEEPINTVL", TCP, 5, Reach.SUBFLOWS, "ok", "between a subflow's probes", 10),
            row("TCP_KEEPCNT", TCP, 6, Reach.SUBFLOWS, "ok", "probes before a subflow ends", 3),
            row("TCP_SYNCNT", TCP, 7, Reach.SUBFLOWS, "ENOPROTOOPT",
                    "SYNs of a subflow that is being opened, sent again", 2),
            row("TCP_LINGER2", TCP, 8, Reach.BOTH, "ENOPROTOOPT",
                    "how long a connection that was closed waits for the peer's DATA_FIN, and each subflow for its FIN",
                    20),
            row("TCP_QUICKACK", TCP, 12, Reach.SUBFLOWS, "ENOPROTOOPT", "each subflow acknowledges at once", 1),
            row("TCP_CONGESTION", TCP, 13, Reach.SUBFLOWS, "ok",
                    "each subflow has one of its own of this name, the present ones from their next event on", "reno"),
            row("TCP_USER_TIMEOUT", TCP, 18, Reach.CONNECTION, "ENOPROTOOPT",
                    "data without any DATA_ACK for so long ends the connection; a subflow's own silence does not",
                    5000),
            row("TCP_NOTSENT_LOWAT", TCP, 25, Reach.CONNECTION, "ok", "bytes that no subflow was given yet", 20_000),
            row("IP_TOS", IP, 1, Reach.SUBFLOWS, "ok, IPv4", "of every subflow's packets, of both versions of IP",
                    0x10),
            row("IP_TTL", IP, 2, Reach.SUBFLOWS, "EOPNOTSUPP", "the same", 33),
            row("IPV6_UNICAST_HOPS", IPV6, 16, Reach.SUBFLOWS, "EOPNOTSUPP", "the same as IP_TTL", 33),
            row("IPV6_TCLASS", IPV6, 67, Reach.SUBFLOWS, "EOPNOTSUPP", "the same as IP_TOS", 0x10));

    private static Row row(
            String name, int level, int number, Reach reach, String linux, String meaning, int... values) {
        byte[] bytes = new byte[4 * values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (values[i / 4] >>> (8 * (i % 4)));
        }
        return new Row(name, level, number, bytes, reach, linux, meaning);
    }

    private static Row row(
            String name, int level, int number, Reach reach, String linux, String meaning, String value) {
        return new Row(name, level, number, value.getBytes(java.nio.charset.StandardCharsets.US_ASCII), reach, linux,
                meaning);
    }

    static Stream<Row> rows() {
        return ROWS.stream();
    }

    /** What setting one option changed. */
    private record Change(boolean connection, Set<String> present, Set<String> future) {}

    private static Change change(Row row) {
        var options = new SocketOptions();
        var before = new TcpSettings(options.tcp);
        String socketBefore = socketFields(options);
        TcpSettings present = SubflowSettings.of(options.tcp);
        var presentBefore = new TcpSettings(present);
        set(row, options);
        SubflowSettings.refresh(options.tcp, present);
        return new Change(
                !differing(before, options.tcp).isEmpty() || !socketFields(options).equals(socketBefore),
                differing(presentBefore, present),
                differing(SubflowSettings.of(before), SubflowSettings.of(options.tcp)));
    }

    private static void set(Row row, SocketOptions options) {
        try (Arena arena = Arena.ofConfined()) {
            long at = Memory.allocate(arena, 64, 8);
            Memory.copyIn(row.values, 0, at, row.values.length);
            assertThat(OptionWriter.write(
                    options, TcpConfig.DEFAULT, null, row.level, row.number, at, row.values.length, 0)).isZero();
        }
    }

    private static Set<String> differing(TcpSettings one, TcpSettings other) {
        var found = new TreeSet<String>();
        for (Field field : TcpSettings.class.getFields()) {
            if (!Modifier.isStatic(field.getModifiers()) && !Objects.equals(value(field, one), value(field, other))) {
                found.add(field.getName());
            }
        }
        return found;
    }

    private static Object value(Field field, Object of) {
        try {
            return field.get(of);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    /** What the socket keeps for itself. */
    private static String socketFields(SocketOptions options) {
        return options.reuseAddress + " " + options.lingerNs + " " + options.receiveLowWater + " "
                + options.receiveTimeoutNs + " " + options.sendTimeoutNs;
    }

    @ParameterizedTest
    @MethodSource("rows")
    void anOptionReachesWhatItIsAboutAndNothingElse(Row row) {
        Change change = change(row);
        boolean subflows = row.reach == Reach.SUBFLOWS || row.reach == Reach.BOTH;
        assertThat(!change.present.isEmpty()).as("present subflows").isEqualTo(subflows);
        assertThat(change.future).as("a future subflow has what a present one gets").isEqualTo(change.present);
        if (row.reach != Reach.NOTHING) {
            assertThat(change.connection).as("the connection remembers it").isTrue();
        }
    }

    @Test
    void everySettingOfTcpIsSomebodysOption() {
        var reached = new TreeSet<String>();
        for (Row row : ROWS) {
            var options = new SocketOptions();
            var before = new TcpSettings(options.tcp);
            set(row, options);
            reached.addAll(differing(before, options.tcp));
        }
        assertThat(reached).isEqualTo(fields());
    }

    private static Set<String> fields() {
        var names = new TreeSet<String>();
        for (Field field : TcpSettings.class.getFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                names.add(field.getName());
            }
        }
        return names;
    }

    @Test
    void aSubflowNeverHoldsBackWhatItWasGiven() {
        var connection = new TcpSettings();
        connection.cork = true;
        TcpSettings subflow = SubflowSettings.of(connection);
        assertThat(subflow.noDelay).isTrue();
        assertThat(subflow.cork).isFalse();
    }

    @Test
    void theTableOfSocketOptionsIsUpToDate() throws IOException {
        String table = table();
        Path file = repository().resolve("docs/socket-options.md");
        if (Boolean.getBoolean("braid.docs.rewrite")) {
            Files.writeString(file, table);
        }
        assertThat(Files.exists(file) ? Files.readString(file) : "").isEqualTo(table);
    }

    private static String table() {
        var text = new StringBuilder(
                """
                        # Socket options of a Multipath TCP connection

                        What each option does to the connection as a whole, to the subflows it has and to those it will have. The columns
                        are found by setting each option (`SocketOptionTableTest`, which rewrites this page with
                        `-Dbraid.docs.rewrite=true`). A listener's options go to the connections it accepts. After a fallback the connection
                        and its one subflow are still two: the table holds on.

                        *Linux* is what 6.18 answers on a connected socket of IPPROTO_MPTCP. Braid takes more, because a program that is given
                        Multipath TCP unasked must not lose an option that it had.

                        | option | connection | present subflows | future subflows | what it means | Linux |
                        |---|---|---|---|---|---|
                        """);
        for (Row row : ROWS) {
            Change change = change(row);
            boolean connection = row.reach == Reach.CONNECTION || row.reach == Reach.BOTH;
            text.append("| `").append(row.name).append("` | ").append(connection ? YES : NO)
                    .append(" | ").append(change.present.isEmpty() ? NO : YES)
                    .append(" | ").append(change.future.isEmpty() ? NO : YES)
                    .append(" | ").append(row.meaning).append(" | ").append(row.linux).append(" |\n");
        }
        return text.append(READING).toString();
    }

    private static final String READING = """

            ## Reading

            | option | of what |
            |---|---|
            | what can be set | what was set last; else the connection's present size, or the host's default |
            | `SO_PROTOCOL` | 262 for a socket of Multipath TCP, after a fallback too; 6 for plain TCP |
            | `TCP_IS_MPTCP` | 1 while the connection is Multipath TCP, 0 after a fallback |
            | `TCP_INFO`, `TCP_CC_INFO`, `TCP_MAXSEG` | the oldest subflow there is |
            | `SO_ERROR`, `SO_MEMINFO`, SIOCINQ, SIOCOUTQ | the connection |
            | level `SOL_MPTCP` (284) | below |

            At level `SOL_MPTCP` Braid answers in the layouts of Linux 6.18, and as there with EOPNOTSUPP on plain TCP and after a
            fallback, which is how programs tell:

            | option | answer |
            |---|---|
            | `MPTCP_INFO` 1 | `struct mptcp_info`, 96 bytes, as much of it as fits |
            | `MPTCP_TCPINFO` 2 | `struct mptcp_subflow_data`, then a `struct tcp_info` for each subflow |
            | `MPTCP_SUBFLOW_ADDRS` 3 | the same with the local and the remote `struct sockaddr_storage` of each |
            | `MPTCP_FULL_INFO` 4 | all of it at once, arrays where the program's pointers say: they are addresses in the stack's own process |

            ## In Java

            `TcpSocketOptions.PROTOCOL` chooses Multipath TCP or plain TCP for one channel before it connects or listens, and tells which
            it has become; `StackBuilder.protocol` and `net.mptcp.enabled` choose for all that say nothing. `IPPROTO_TCP` and
            `IPPROTO_MPTCP` sockets of packetdrill's scripts are what their numbers say.
            `TcpSocketOptions.MPTCP_FALLBACK` names the reason why a connection is Multipath TCP no more; it can only be read.
            """;

    private static Path repository() throws IOException {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve("tun-driver")) && Files.exists(at.resolve("stack"))) {
                return at;
            }
        }
        throw new IOException("not inside the repository");
    }
}
