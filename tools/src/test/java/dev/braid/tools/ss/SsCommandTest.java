package dev.braid.tools.ss;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Which sockets options choose; the UDP lines are those of iproute2's ss 6.1, but for the send buffer that ours have not. */
final class SsCommandTest {
    private static final Map<String, Object> ANSWER = Map.of(
            "listeners", List.of(Map.of("local", "::", "port", 80, "acceptable", 0, "backlog", 5, "upper", true)),
            "connections", List.of(Map.of("state", "ESTABLISHED", "local", "10.0.0.2", "local_port", 7,
                    "remote", "10.0.0.1", "remote_port", 4000)),
            "multipath", List.of(Map.of("state", "ESTABLISHED", "local", "10.0.0.2", "local_port", 7,
                    "remote", "10.0.0.1", "remote_port", 4000)),
            "datagrams", List.of(
                    Map.of("local", "127.0.0.1", "local_port", 35_291, "remote", "127.0.0.1", "remote_port", 5300,
                            "receive_memory", 0, "receive_buffer", 212_992),
                    Map.of("local", "127.0.0.1", "local_port", 5300, "receive_memory", 832, "receive_buffer", 212_992,
                            "drops", 3),
                    Map.of("local", "::", "local_port", 5301, "receive_memory", 0, "receive_buffer", 212_992)));

    private static List<String> shown(String... options) {
        var command = new SsCommand();
        new CommandLine(command).parseArgs(options);
        return command.show(ANSWER).lines().toList();
    }

    @Test
    void udpSocketsAreShownAsTheKernelsAre() {
        assertThat(shown("-uanmO")).containsExactly(
                "State  Recv-Q Send-Q Local Address:Port  Peer Address:PortProcess",
                "UNCONN 832    0          127.0.0.1:5300       0.0.0.0:*    skmem:(r832,rb212992,t0,tb0,f0,w0,o0,bl0,d3)",
                "ESTAB  0      0          127.0.0.1:35291    127.0.0.1:5300 skmem:(r0,rb212992,t0,tb0,f0,w0,o0,bl0,d0)",
                "UNCONN 0      0                  *:5301             *:*    skmem:(r0,rb212992,t0,tb0,f0,w0,o0,bl0,d0)");
    }

    @Test
    void onlyConnectedOnesAreShownUnlessOthersAreAskedFor() {
        assertThat(shown("-unH")).containsExactly("ESTAB 0      0      127.0.0.1:35291 127.0.0.1:5300");
        assertThat(shown("-ulnH")).hasSize(2).allMatch(line -> line.startsWith("UNCONN"));
        assertThat(shown("-unHi")).as("there is no TCP_INFO of UDP").hasSize(1);
    }

    @Test
    void allKindsAreShownUnlessOneIsAskedFor() {
        assertThat(shown("-nH")).extracting(line -> line.substring(0, 5)).containsExactly("udp  ", "tcp  ", "mptcp");
        assertThat(shown("-lnH")).extracting(line -> line.substring(0, 12)).containsExactly(
                "udp   UNCONN", "udp   UNCONN", "tcp   LISTEN", "mptcp LISTEN");
        assertThat(shown("-utnH")).extracting(line -> line.substring(0, 3)).containsExactly("udp", "tcp");
        assertThat(shown("-tnH")).containsExactly("ESTAB 0      0      10.0.0.2:7 10.0.0.1:4000");
        assertThat(shown("-u", "-a", "--json")).anyMatch(line -> line.contains("\"local_port\" : 5301"))
                .noneMatch(line -> line.contains("4000"));
    }
}
