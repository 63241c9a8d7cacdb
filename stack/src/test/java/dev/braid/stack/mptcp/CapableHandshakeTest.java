package dev.braid.stack.mptcp;

import static dev.braid.stack.mptcp.TwoHosts.MS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.tcp.Tcb;
import dev.braid.stack.tcp.TcpListener;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** MP_CAPABLE between two cores: keys, flags, and every way in which a connection becomes plain TCP instead. */
class CapableHandshakeTest {
    @Test
    @Rfc({"8684", "3.1"})
    void bothEndsKnowBothKeys() {
        try (TwoHosts world = new TwoHosts()) {
            TwoHosts.Program[] pair = world.establish();
            MptcpConnection here = pair[0].mptcp();
            MptcpConnection there = pair[1].mptcp();
            assertThat(pair[0].heard).containsExactly("established");
            assertThat(here.remoteKey).isEqualTo(there.localKey).isNotZero();
            assertThat(there.remoteKey).isEqualTo(here.localKey).isNotZero();
            assertThat(here.remoteToken).isEqualTo(there.token);
            assertThat(there.idsnRemote).isEqualTo(here.idsnLocal);
            assertThat(here.fallbackReason()).isNull();
            assertThat(there.isFullyEstablished()).isTrue();
            assertThat(here.isFullyEstablished()).as("nothing but the SYN/ACK came back").isFalse();
            assertThat(world.client.count("MPTcpExtMPCapableSYNTX")).isEqualTo(1);
            assertThat(world.client.count("MPTcpExtMPCapableSYNACKRX")).isEqualTo(1);
            assertThat(world.server.count("MPTcpExtMPCapableSYNRX")).isEqualTo(1);
            assertThat(world.server.count("MPTcpExtMPCapableACKRX")).isEqualTo(1);
            assertThat(world.server.count("MPTcpExtMPCurrEstab")).isEqualTo(1);
        }
    }

    @Test
    void aListenerThatWantsPlainTcpGetsIt() {
        try (TwoHosts world = new TwoHosts()) {
            TcpListener listener = world.server.listen(null);
            TwoHosts.Program here = world.client.open();
            world.run(100 * MS);
            assertThat(listener.accept()).isInstanceOf(Tcb.class);
            assertThat(here.heard).containsExactly("established");
            assertThat(here.mptcp().fallbackReason()).isEqualTo(FallbackReason.NOT_CAPABLE);
            assertThat(world.client.count("MPTcpExtMPCapableFallbackSYNACK")).isEqualTo(1);
        }
    }

    @Test
    void dataBothWaysAndAnOrderlyEndLeaveNothing() {
        try (TwoHosts world = new TwoHosts()) {
            TwoHosts.Program[] pair = world.establish();
            pair[0].send(300_000).finish();
            pair[1].send(200_000);
            world.run(5 * TwoHosts.SECOND);
            assertThat(pair[1].read).isEqualTo(300_000);
            assertThat(pair[0].read).isEqualTo(200_000);
            assertThat(pair[1].heard).contains("fin");
            assertThat(pair[0].mptcp().isFullyEstablished()).isTrue();
            pair[1].finish();
            world.run(70 * TwoHosts.SECOND);
            assertThat(pair[0].heard).containsExactly("established", "fin", "closed");
            assertThat(pair[1].heard).containsExactly("fin", "closed");
            pair[0].connection.close(world.clock.nowNs());
            pair[1].connection.close(world.clock.nowNs());
            world.assertNothingLeft();
        }
    }
}
