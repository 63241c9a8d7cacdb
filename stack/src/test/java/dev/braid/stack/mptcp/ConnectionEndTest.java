package dev.braid.stack.mptcp;

import static dev.braid.stack.mptcp.TwoHosts.MS;
import static dev.braid.stack.mptcp.TwoHosts.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.tcp.TcpState;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** How connections end: in order, at once, and when one end has gone. */
class ConnectionEndTest {
    @Test
    @Rfc({"8684", "3.3.3"})
    void subflowsEndWhenBothStreamsHave() {
        try (TwoHosts world = TwoHosts.unmanaged()) {
            TwoHosts.Program[] pair = world.establishFully();
            pair[0].mptcp().roster.join(world.plan(false), world.clock.nowNs());
            world.run(100 * MS);
            pair[0].finish();
            world.run(500 * MS);
            assertThat(pair[0].mptcp().state()).isEqualTo(TcpState.FIN_WAIT_2);
            assertThat(pair[1].mptcp().state()).isEqualTo(TcpState.CLOSE_WAIT);
            assertThat(pair[0].mptcp().initial.tcb.state()).isEqualTo(TcpState.ESTABLISHED);
            pair[1].send(1000).finish();
            world.run(SECOND);
            assertThat(pair[0].read).isEqualTo(1000);
            assertThat(pair[0].heard).containsExactly("established", "fin", "closed");
            assertThat(pair[1].heard).containsExactly("fin", "closed");
            world.run(70 * SECOND);
            world.assertNothingLeft();
        }
    }

    @Test
    void bothEndsMayCloseAtOnce() {
        try (TwoHosts world = TwoHosts.unmanaged()) {
            TwoHosts.Program[] pair = world.establishFully();
            pair[0].connection.close(world.clock.nowNs());
            pair[1].connection.close(world.clock.nowNs());
            world.run(70 * SECOND);
            world.assertNothingLeft();
        }
    }

    @Test
    void aClosedConnectionDeliversWhatWasWritten() {
        try (TwoHosts world = TwoHosts.unmanaged()) {
            TwoHosts.Program[] pair = world.establish();
            pair[0].send(10_000);
            pair[0].connection.close(world.clock.nowNs());
            world.run(SECOND);
            assertThat(pair[1].read).isEqualTo(10_000);
            assertThat(pair[1].heard).containsExactly("fin");
            pair[1].connection.close(world.clock.nowNs());
            world.run(70 * SECOND);
            world.assertNothingLeft();
        }
    }

    @Test
    @Rfc({"8684", "3.5"})
    void anAbortIsAFastClose() {
        try (TwoHosts world = TwoHosts.unmanaged()) {
            TwoHosts.Program[] pair = world.establishFully();
            pair[0].mptcp().roster.join(world.plan(false), world.clock.nowNs());
            world.run(100 * MS);
            pair[0].connection.abort(world.clock.nowNs());
            world.run(SECOND);
            assertThat(world.client.count("MPTcpExtMPFastcloseTx")).isPositive();
            assertThat(world.server.count("MPTcpExtMPFastcloseRx")).isPositive();
            assertThat(pair[1].heard).containsExactly("failed RESET", "closed");
            pair[1].connection.close(world.clock.nowNs());
            world.run(SECOND);
            world.assertNothingLeft();
        }
    }

    @Test
    @Rfc({"8684", "3.5"})
    void aFastCloseWithAWrongKeyEndsOnlyItsSubflow() {
        try (TwoHosts world = TwoHosts.unmanaged()) {
            TwoHosts.Program[] pair = world.establishFully();
            pair[0].mptcp().roster.join(world.plan(false), world.clock.nowNs());
            world.run(100 * MS);
            pair[0].mptcp().remoteKey ^= 1;
            pair[0].mptcp().fastClosing = true;
            pair[0].mptcp().initial.tcb.demandReset(world.clock.nowNs());
            world.run(SECOND);
            assertThat(world.server.count("MPTcpExtMPFastcloseRx")).isZero();
            assertThat(pair[1].heard).isEmpty();
            assertThat(pair[1].mptcp().subflows()).isEqualTo(1);
        }
    }

    @Test
    void unreadDataMakesCloseAnAbort() {
        try (TwoHosts world = TwoHosts.unmanaged()) {
            TwoHosts.Program[] pair = world.establishFully();
            pair[1].reading = false;
            pair[0].send(1000);
            world.run(SECOND);
            pair[1].connection.close(world.clock.nowNs());
            world.run(SECOND);
            assertThat(pair[0].heard).contains("failed RESET", "closed");
            pair[0].connection.close(world.clock.nowNs());
            world.run(SECOND);
            world.assertNothingLeft();
        }
    }

    @Test
    void dataAfterCloseIsAnsweredWithAFastClose() {
        try (TwoHosts world = TwoHosts.unmanaged()) {
            TwoHosts.Program[] pair = world.establishFully();
            pair[1].connection.close(world.clock.nowNs());
            world.run(SECOND);
            pair[0].send(1000);
            world.run(SECOND);
            assertThat(pair[0].heard).contains("failed RESET");
            pair[0].connection.close(world.clock.nowNs());
            world.run(70 * SECOND);
            world.assertNothingLeft();
        }
    }

    @Test
    void aPeerThatNeverEndsItsStreamIsLeftAfterAWhile() {
        try (TwoHosts world = TwoHosts.unmanaged()) {
            TwoHosts.Program[] pair = world.establishFully();
            pair[0].connection.close(world.clock.nowNs());
            world.run(200 * SECOND);
            assertThat(world.client.core.mptcp().connections()).isEmpty();
            assertThat(pair[1].heard).contains("fin", "failed RESET");
        }
    }

    @Test
    void aListenerThatClosesResetsWhatNobodyAccepted() {
        try (TwoHosts world = TwoHosts.unmanaged()) {
            var listener = world.server.listen();
            TwoHosts.Program here = world.client.open();
            world.run(100 * MS);
            listener.close(world.clock.nowNs());
            world.run(SECOND);
            assertThat(here.heard).contains("failed RESET");
            here.connection.close(world.clock.nowNs());
            world.run(SECOND);
            world.assertNothingLeft();
        }
    }

    @Test
    void aConnectionThatNeverOpenedFailsAsTcpDoes() {
        try (TwoHosts world = TwoHosts.unmanaged()) {
            TwoHosts.Program here = world.client.open();
            world.run(SECOND);
            assertThat(here.heard).containsExactly("failed REFUSED", "closed");
            here.connection.close(world.clock.nowNs());
            world.assertNothingLeft();
        }
    }

    @Test
    void closingBeforeTheHandshakeIsDoneLeavesNothing() {
        try (TwoHosts world = TwoHosts.unmanaged()) {
            TwoHosts.Program here = world.client.open();
            world.client.core.flush(world.clock.nowNs());
            here.connection.close(world.clock.nowNs());
            world.run(SECOND);
            world.assertNothingLeft();
        }
    }

    @Test
    void aCoreThatClosesTakesItsConnectionsWithIt() {
        try (TwoHosts world = TwoHosts.unmanaged()) {
            TwoHosts.Program[] pair = world.establishFully();
            world.client.core.close(world.clock.nowNs());
            world.run(SECOND);
            assertThat(pair[1].heard).containsExactly("failed RESET", "closed");
        }
    }

    @Test
    void aJoinThatIsNotAnsweredDoesNotHoldUpTheEnd() {
        try (TwoHosts world = TwoHosts.unmanaged()) {
            TwoHosts.Program[] pair = world.establishFully();
            world.forth[1].cut(world.clock.nowNs());
            pair[0].mptcp().roster.join(world.plan(false), world.clock.nowNs());
            pair[0].finish();
            pair[1].finish();
            world.run(2 * SECOND);
            assertThat(pair[0].heard).containsExactly("established", "fin", "closed");
        }
    }

    @Test
    @Rfc({"8684", "3.5"})
    void joinsThatDoNotGetThroughKeepNoConnectionWithoutAPath() {
        try (TwoHosts world = TwoHosts.unmanaged()) {
            TwoHosts.Program[] pair = world.establishFully();
            MptcpConnection connection = pair[0].mptcp();
            world.forth[1].cut(world.clock.nowNs());
            connection.initial.reset(ResetReason.UNSPECIFIED, world.clock.nowNs());
            connection.roster.join(world.plan(false), world.clock.nowNs());
            world.run(59 * SECOND);
            assertThat(pair[0].heard).containsExactly("established");
            world.run(2 * SECOND);
            assertThat(pair[0].heard).containsExactly("established", "failed TIMED_OUT", "closed");
        }
    }
}
