package dev.braid.bench.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelCountersTest {
    @Test
    void namesAreNstatsAndOnlyTcpsAreKept() {
        var found = new LinkedHashMap<String, String>();
        KernelCounters.parse(List.of("Ip: Forwarding InReceives", "Ip: 1 2", "Tcp: MaxConn RetransSegs", "Tcp: -1 7"),
                found);
        KernelCounters.parse(List.of("TcpExt: TCPTimeouts TCPLossProbes", "TcpExt: 3 4", "IpExt: InOctets", "IpExt: 9"),
                found);
        assertThat(found).containsOnlyKeys("TcpMaxConn", "TcpRetransSegs", "TcpExtTCPTimeouts", "TcpExtTCPLossProbes")
                .containsEntry("TcpRetransSegs", "7")
                .containsEntry("TcpExtTCPTimeouts", "3");
    }
}
