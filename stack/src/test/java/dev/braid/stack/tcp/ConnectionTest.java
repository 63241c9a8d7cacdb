package dev.braid.stack.tcp;

import static dev.braid.stack.tcp.TwoHosts.MS;
import static dev.braid.stack.tcp.TwoHosts.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** Whole connections between two stacks: opened, used, closed in every order, with nothing left behind. */
class ConnectionTest {
    @Test
    @Rfc({"9293", "3.5"})
    void threeWayHandshakeEstablishesBothEnds() {
        try (TwoHosts world = new TwoHosts()) {
            Endpoint[] ends = world.establish();
            assertThat(ends[0].heard).containsExactly("established");
            assertThat(ends[0].tcb.state()).isEqualTo(TcpState.ESTABLISHED);
            assertThat(ends[1].tcb.state()).isEqualTo(TcpState.ESTABLISHED);
            assertThat(ends[0].tcb.mss()).isEqualTo(1448);
            assertThat(ends[0].tcb.srttNs()).isBetween(10 * MS, 11 * MS);
        }
    }

    @Test
    void bytesArriveOnceAndInOrderBothWays() {
        try (TwoHosts world = new TwoHosts()) {
            Endpoint[] ends = world.establish();
            ends[0].send(3_000_000);
            ends[1].send(1_000_000);
            world.run(20 * SECOND);
            ends[1].assertRead(3_000_000);
            ends[0].assertRead(1_000_000);
            assertThat(ends[0].tcb.retransmits()).isZero();
            assertThat(ends[0].tcb.bytesAcked()).isEqualTo(3_000_000);
        }
    }

    @Test
    @Rfc({"9293", "3.6"})
    void activeCloserWaitsAndPassiveCloserIsGone() {
        try (TwoHosts world = new TwoHosts()) {
            Endpoint[] ends = world.establish();
            ends[0].send(10_000).finish();
            world.run(SECOND);
            ends[1].assertRead(10_000);
            assertThat(ends[1].tcb.state()).isEqualTo(TcpState.CLOSE_WAIT);
            assertThat(ends[0].tcb.state()).isEqualTo(TcpState.FIN_WAIT_2);
            ends[1].send(5000).finish();
            world.run(SECOND);
            ends[0].assertRead(5000);
            assertThat(ends[0].tcb.state()).isEqualTo(TcpState.TIME_WAIT);
            assertThat(ends[1].tcb.state()).isEqualTo(TcpState.CLOSED);
            assertThat(ends[0].heard).containsExactly("established", "drained", "fin", "closed");
            assertThat(ends[1].heard).containsExactly("fin", "drained", "closed");
            ends[0].tcb.close(world.clock.nowNs());
            ends[1].tcb.close(world.clock.nowNs());
            assertThat(world.client.tcp.timeWaiting()).isEqualTo(1);
            world.run(61 * SECOND);
            world.assertNothingLeft();
        }
    }

    @Test
    @Rfc({"9293", "3.6", "MUST-12"})
    void simultaneousCloseLeavesBothWaiting() {
        try (TwoHosts world = new TwoHosts()) {
            Endpoint[] ends = world.establish();
            ends[0].tcb.close(world.clock.nowNs());
            ends[1].tcb.close(world.clock.nowNs());
            world.run(SECOND);
            assertThat(world.client.tcp.timeWaiting()).isEqualTo(1);
            assertThat(world.server.tcp.timeWaiting()).isEqualTo(1);
            world.run(61 * SECOND);
            world.assertNothingLeft();
        }
    }

    @Test
    @Rfc({"9293", "3.5", "MUST-10"})
    void simultaneousOpenMakesOneConnection() {
        try (TwoHosts world = new TwoHosts()) {
            Endpoint one = new Endpoint(world);
            Endpoint other = new Endpoint(world);
            one.tcb = world.client.tcp.open(one, new TcpSettings());
            other.tcb = world.server.tcp.open(other, new TcpSettings());
            var there = world.server.address;
            var here = world.client.address;
            long now = world.clock.nowNs();
            assertThat(world.client.tcp.connect(one.tcb, 0, 0, 1000, there.hi(), there.lo(), 2000, now)).isNull();
            assertThat(world.server.tcp.connect(other.tcb, 0, 0, 2000, here.hi(), here.lo(), 1000, now)).isNull();
            world.run(100 * MS);
            assertThat(one.heard).containsExactly("established");
            assertThat(other.heard).containsExactly("established");
            one.send(100_000);
            other.send(50_000);
            world.run(5 * SECOND);
            other.assertRead(100_000);
            one.assertRead(50_000);
            assertThat(world.client.tcp.connections()).isEqualTo(1);
        }
    }

    @Test
    void nobodyListeningMeansRefused() {
        try (TwoHosts world = new TwoHosts()) {
            Endpoint end = world.client.connect(world.server.address, 9, new TcpSettings());
            world.run(SECOND);
            assertThat(end.heard).containsExactly("failed REFUSED", "closed");
            world.assertNothingLeft();
        }
    }

    @Test
    void silenceMeansTimedOutAfterTheSynRetries() {
        try (TwoHosts world = new TwoHosts()) {
            world.forth.cut(world.clock.nowNs());
            TcpSettings settings = new TcpSettings();
            settings.synRetries = 3;
            Endpoint end = world.client.connect(world.server.address, 9, settings);
            world.run(14 * SECOND);
            assertThat(end.heard).isEmpty();
            world.run(2 * SECOND);
            assertThat(end.heard).containsExactly("failed TIMED_OUT", "closed");
            assertThat(end.tcb.retransmits()).isEqualTo(3);
            world.assertNothingLeft();
        }
    }

    @Test
    @Rfc({"1122", "4.2.2.13"})
    void closeWithUnreadDataResetsThePeer() {
        try (TwoHosts world = new TwoHosts()) {
            Endpoint[] ends = world.establish();
            ends[1].reading = false;
            ends[0].send(1000);
            world.run(100 * MS);
            ends[1].tcb.close(world.clock.nowNs());
            world.run(100 * MS);
            assertThat(ends[0].failed).isEqualTo(TcpFailure.RESET);
            world.assertNothingLeft();
        }
    }

    @Test
    @Rfc({"1122", "4.2.2.13"})
    void dataAfterCloseIsAnsweredWithReset() {
        try (TwoHosts world = new TwoHosts()) {
            Endpoint[] ends = world.establish();
            ends[1].tcb.close(world.clock.nowNs());
            world.run(100 * MS);
            ends[0].send(1000);
            world.run(100 * MS);
            assertThat(ends[0].failed).isEqualTo(TcpFailure.RESET);
            world.assertNothingLeft();
        }
    }

    @Test
    void abortResetsThePeerAtOnce() {
        try (TwoHosts world = new TwoHosts()) {
            Endpoint[] ends = world.establish();
            ends[0].send(100_000);
            ends[0].tcb.abort(world.clock.nowNs());
            world.run(100 * MS);
            assertThat(ends[1].failed).isEqualTo(TcpFailure.RESET);
            assertThat(ends[0].heard).containsExactly("established");
            ends[1].tcb.close(world.clock.nowNs());
            world.assertNothingLeft();
        }
    }

    @Test
    void abandonedFinWait2EndsAfterItsTime() {
        try (TwoHosts world = new TwoHosts()) {
            Endpoint[] ends = world.establish();
            ends[0].tcb.close(world.clock.nowNs());
            world.run(59 * SECOND);
            assertThat(world.client.tcp.connections()).isEqualTo(1);
            world.run(2 * SECOND);
            assertThat(world.client.tcp.connections()).isZero();
        }
    }

    @Test
    void lossAndReorderingCostTimeButNoBytes() {
        LinkConfig bad = LinkConfig.PERFECT.delay(5 * MS).loss(0.03).reorder(0.05, 3 * MS).duplicate(0.02);
        try (TwoHosts world = new TwoHosts(bad, bad, TcpConfig.DEFAULT, false, 1500)) {
            TcpListener listener = world.server.listen(7, 8);
            Endpoint one = world.client.connect(world.server.address, 7, new TcpSettings());
            world.run(30 * SECOND);
            Endpoint other = world.accept(listener);
            one.send(2_000_000).finish();
            other.send(300_000).finish();
            world.run(300 * SECOND);
            other.assertRead(2_000_000);
            one.assertRead(300_000);
            one.tcb.close(world.clock.nowNs());
            other.tcb.close(world.clock.nowNs());
            world.run(130 * SECOND);
            world.assertNothingLeft();
        }
    }

    @Test
    void withoutAnyOptionTheSameBytesArrive() {
        TcpConfig bare = TcpConfig.with(c -> {
            c.timestamps = false;
            c.sack = false;
            c.windowScaling = false;
        });
        LinkConfig bad = LinkConfig.PERFECT.delay(5 * MS).loss(0.02);
        try (TwoHosts world = new TwoHosts(bad, LinkConfig.PERFECT.delay(5 * MS), bare, true, 1280)) {
            Endpoint[] ends = world.establish();
            assertThat(ends[0].tcb.mss()).isEqualTo(1220);
            ends[0].send(1_000_000).finish();
            world.run(120 * SECOND);
            ends[1].assertRead(1_000_000);
        }
    }

    @Test
    @Rfc({"9293", "3.8.6.1", "MUST-36"})
    void zeroWindowIsProbedWithBackoffUntilItOpens() {
        try (TwoHosts world = new TwoHosts()) {
            Endpoint[] ends = world.establish();
            ends[1].reading = false;
            ends[0].send(3_000_000);
            world.run(10 * SECOND);
            assertThat(ends[0].tcb.sndWnd()).isLessThan(1448);
            long probes = world.client.count("TcpExtTCPWinProbe");
            assertThat(probes).isBetween(3L, 7L);
            world.run(600 * SECOND);
            assertThat(world.client.count("TcpExtTCPWinProbe")).isGreaterThan(probes).isLessThan(20L);
            assertThat(ends[0].failed).isNull();
            ends[1].reading = true;
            ends[1].drain();
            world.run(20 * SECOND);
            ends[1].assertRead(3_000_000);
        }
    }

    @Test
    @Rfc({"9293", "3.8.4"})
    void keepAliveFindsADeadPeer() {
        try (TwoHosts world = new TwoHosts()) {
            Endpoint[] ends = world.establish();
            TcpSettings settings = ends[0].tcb.settings();
            settings.keepAlive = true;
            settings.keepIdleNs = 10 * SECOND;
            settings.keepIntervalNs = SECOND;
            settings.keepCount = 3;
            ends[0].tcb.settingsChanged(world.clock.nowNs());
            world.run(60 * SECOND);
            assertThat(ends[0].failed).isNull();
            assertThat(world.client.count("TcpExtTCPKeepAlive")).isBetween(4L, 6L);
            world.forth.cut(world.clock.nowNs());
            world.run(15 * SECOND);
            assertThat(ends[0].failed).isEqualTo(TcpFailure.TIMED_OUT);
        }
    }

    @Test
    @Rfc({"9293", "3.8.3"})
    void userTimeoutEndsAConnectionWhosePeerIsSilent() {
        try (TwoHosts world = new TwoHosts()) {
            Endpoint[] ends = world.establish();
            ends[0].tcb.settings().userTimeoutNs = 5 * SECOND;
            world.forth.cut(world.clock.nowNs());
            ends[0].send(1000);
            world.run(4900 * MS);
            assertThat(ends[0].failed).isNull();
            world.run(200 * MS);
            assertThat(ends[0].failed).isEqualTo(TcpFailure.TIMED_OUT);
        }
    }

    @Test
    void cookiesEstablishWhatTheListenerHasNoRoomFor() {
        TcpConfig config = TcpConfig.with(c -> c.maxSynBacklog = 0);
        LinkConfig link = LinkConfig.PERFECT.delay(5 * MS);
        try (TwoHosts world = new TwoHosts(link, link, config, false, 1500)) {
            Endpoint[] ends = world.establish();
            assertThat(world.server.count("TcpExtSyncookiesRecv")).isEqualTo(1);
            ends[0].send(500_000);
            ends[1].send(500_000);
            world.run(10 * SECOND);
            ends[1].assertRead(500_000);
            ends[0].assertRead(500_000);
            assertThat(ends[1].tcb.sackPermitted).isTrue();
            assertThat(ends[1].tcb.sndWndShift).isEqualTo(ends[0].tcb.rcvWndShift);
            assertThat(ends[0].tcb.sndWndShift).isEqualTo(ends[1].tcb.rcvWndShift);
        }
    }

    @Test
    void aTupleInTimeWaitIsUsedAgainByANewerSyn() {
        try (TwoHosts world = new TwoHosts()) {
            TcpListener listener = world.client.listen(7, 8);
            var to = world.client.address;
            for (int i = 0; i < 3; i++) {
                Endpoint end = new Endpoint(world);
                end.tcb = world.server.tcp.open(end, new TcpSettings());
                long now = world.clock.nowNs();
                assertThat(world.server.tcp.connect(end.tcb, 0, 0, 3333, to.hi(), to.lo(), 7, now)).isNull();
                world.run(100 * MS);
                Endpoint accepted = world.accept(listener);
                accepted.tcb.close(world.clock.nowNs());
                world.run(100 * MS);
                end.tcb.close(world.clock.nowNs());
                world.run(100 * MS);
                assertThat(world.client.tcp.timeWaiting()).isEqualTo(1);
            }
            assertThat(world.client.count("TcpExtTWRecycled")).isEqualTo(2);
        }
    }
}
