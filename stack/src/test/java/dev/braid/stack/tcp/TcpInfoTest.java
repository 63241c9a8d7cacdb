package dev.braid.stack.tcp;

import static dev.braid.stack.tcp.TwoHosts.MS;
import static dev.braid.stack.tcp.TwoHosts.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.sim.LinkConfig;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a connection tells of itself agrees with what its peer tells, and with what was done to it. */
final class TcpInfoTest {
    private static TcpInfo info(TwoHosts world, Endpoint end) {
        return end.tcb.info(world.clock.nowNs());
    }

    @Test
    void whatOneEndSentTheOtherReceived() {
        try (TwoHosts world = new TwoHosts()) {
            Endpoint[] ends = world.establish();
            ends[0].send(500_000);
            world.run(10 * SECOND);
            TcpInfo one = info(world, ends[0]);
            TcpInfo other = info(world, ends[1]);
            assertThat(one.bytesSent).isEqualTo(500_000);
            assertThat(one.bytesAcked).as("the SYN of an active open counts").isEqualTo(500_001);
            assertThat(other.bytesReceived).isEqualTo(500_000);
            assertThat(one.dataSegsOut).isEqualTo(other.dataSegsIn).isEqualTo((500_000 + 1447) / 1448);
            assertThat(other.segsIn).as("SYN and third ACK count").isEqualTo(one.segsOut);
            assertThat(one.segsIn).isEqualTo(other.segsOut);
            assertThat(one.delivered).isEqualTo(one.dataSegsOut + 1);
            assertThat(one.totalRetrans).isZero();
            assertThat(one.unacked).isZero();
            assertThat(one.rttNs).isBetween(10 * MS, 60 * MS);
            assertThat(one.minRttNs).isBetween(10 * MS, 12 * MS);
            assertThat(one.lastDataSentNs).isGreaterThan(5 * SECOND);
            assertThat(one.busyNs).isBetween(20 * MS, 2 * SECOND);
            assertThat(one.cwndPackets()).isGreaterThan(10);
            assertThat(one.advMss).isEqualTo(1448);
            assertThat(other.rcvMss).isEqualTo(1448);
            assertThat(one.stateName()).isEqualTo("ESTAB");
            assertThat(one.localPort).isEqualTo(other.remotePort);
            assertThat(other.timer).isEqualTo(TcpInfo.TIMER_NONE);
        }
    }

    @Test
    void lossesShowAsRetransmissions() {
        LinkConfig bad = LinkConfig.PERFECT.delay(5 * MS).loss(0.03);
        try (TwoHosts world = new TwoHosts(bad, LinkConfig.PERFECT.delay(5 * MS), TcpConfig.DEFAULT, false, 1500)) {
            TcpListener listener = world.server.listen(7, 8);
            Endpoint one = world.client.connect(world.server.address, 7, new TcpSettings());
            world.run(30 * SECOND);
            Endpoint other = world.accept(listener);
            one.send(2_000_000);
            world.run(60 * SECOND);
            TcpInfo sender = info(world, one);
            TcpInfo receiver = info(world, other);
            other.assertRead(2_000_000);
            assertThat(sender.totalRetrans).isPositive().isEqualTo(one.tcb.retransmits());
            assertThat(sender.bytesRetrans).isPositive();
            assertThat(sender.bytesSent).isEqualTo(2_000_000 + sender.bytesRetrans);
            assertThat(sender.ssthreshPackets()).isLessThan(10_000);
            assertThat(receiver.rcvOoopack).isPositive();
            assertThat(sender.lost + sender.retrans + sender.unacked + sender.sacked).as("all repaired").isZero();
            assertThat(sender.totalRtoRecoveries).as("rows of timeouts").isBetween(Math.min(1, sender.totalRto),
                    sender.totalRto);
        }
    }

    @Test
    void aClosedWindowShowsAsALimitAndATimer() {
        try (TwoHosts world = new TwoHosts()) {
            Endpoint[] ends = world.establish();
            ends[1].reading = false;
            ends[0].send(3_000_000);
            world.run(30 * SECOND);
            TcpInfo one = info(world, ends[0]);
            assertThat(one.rwndLimitedNs).isGreaterThan(20 * SECOND).isLessThanOrEqualTo(one.busyNs);
            assertThat(one.timer).isEqualTo(TcpInfo.TIMER_PERSIST);
            assertThat(one.timerNs).isPositive();
            assertThat(one.notsentBytes).isPositive().isEqualTo(one.sendQueued);
            assertThat(info(world, ends[1]).receiveQueued).isEqualTo(info(world, ends[1]).bytesReceived);
        }
    }

    @Test
    void aSilentPathShowsUnackedPacketsAndBackOff() {
        try (TwoHosts world = new TwoHosts()) {
            Endpoint[] ends = world.establish();
            world.forth.cut(world.clock.nowNs());
            ends[0].send(5 * 1448);
            world.run(3 * SECOND);
            TcpInfo one = info(world, ends[0]);
            assertThat(one.unacked).isEqualTo(5);
            assertThat(one.retransmits).isPositive().isEqualTo(one.backoff);
            assertThat(one.caState).isEqualTo(RecoveryState.LOSS);
            assertThat(one.lost).isEqualTo(5);
            assertThat(one.timer).isEqualTo(TcpInfo.TIMER_RETRANSMIT);
            assertThat(one.totalRtoTimeNs).isPositive();
        }
    }

    @Test
    void aListingShowsEveryConnectionInSlices() {
        try (TwoHosts world = new TwoHosts()) {
            world.server.listen(7, 100);
            var opened = new ArrayList<Endpoint>();
            for (int i = 0; i < 40; i++) {
                opened.add(world.client.connect(world.server.address, 7, new TcpSettings()));
            }
            world.run(SECOND);
            assertThat(world.server.tcp.listenerInfos()).singleElement()
                    .satisfies(listener -> assertThat(listener.acceptable()).isEqualTo(40));
            for (int i = 0; i < 10; i++) {
                opened.get(i).tcb.abort(world.clock.nowNs());
            }
            world.run(SECOND);
            var listing = world.client.tcp.listing();
            List<TcpInfo> found = new ArrayList<>();
            int slices = 1;
            while (listing.next(found, 7, world.clock.nowNs())) {
                slices++;
            }
            assertThat(slices).isGreaterThan(4);
            assertThat(found).hasSize(30).extracting(shown -> shown.localPort).doesNotHaveDuplicates();
        }
    }

    @Test
    void aConnectionWithMuchInFlightEndsItsSlice() {
        TcpConfig config = TcpConfig.with(c -> c.maxSentRecords = 1 << 20);
        try (TwoHosts world = new TwoHosts(
                LinkConfig.PERFECT.delay(5 * MS), LinkConfig.PERFECT.delay(5 * MS), config, false, 1500)) {
            world.server.listen(7, 100);
            for (int i = 0; i < 4; i++) {
                world.client.connect(world.server.address, 7, new TcpSettings());
            }
            world.run(SECOND);
            world.client.tcp.flows.forEach((scope, protocol, lh, ll, rh, rl, lp, rp, tcb) -> {
                for (int i = 0; i < 5_000; i++) {
                    tcb.sent.append(1, false, false, 1, world.clock.nowNs());
                }
            });
            var listing = world.client.tcp.listing();
            List<TcpInfo> found = new ArrayList<>();
            for (int i = 1; i <= 4; i++) {
                listing.next(found, 100, world.clock.nowNs());
                assertThat(found).hasSize(i);
            }
            world.client.tcp.flows.forEach((scope, protocol, lh, ll, rh, rl, lp, rp, tcb) -> tcb.sent.clear());
        }
    }

    @Test
    void timeWaitIsListedWithWhatIsLeftOfIt() {
        try (TwoHosts world = new TwoHosts()) {
            Endpoint[] ends = world.establish();
            ends[0].finish();
            world.run(SECOND);
            ends[1].finish();
            world.run(SECOND);
            List<TcpInfo> found = new ArrayList<>();
            world.client.tcp.listing().next(found, 10, world.clock.nowNs());
            assertThat(found).singleElement().satisfies(info -> {
                assertThat(info.stateName()).isEqualTo("TIME-WAIT");
                assertThat(info.remotePort).isEqualTo(7);
                assertThat(info.timer).isEqualTo(TcpInfo.TIMER_TIME_WAIT);
                assertThat(info.timerNs).isBetween(57 * SECOND, 60 * SECOND);
            });
        }
    }

    @Test
    void theDeliveryRateIsTheLinks() {
        LinkConfig link = LinkConfig.PERFECT.delay(5 * MS).rate(10_000_000);
        try (TwoHosts world = new TwoHosts(link, LinkConfig.PERFECT.delay(5 * MS), TcpConfig.DEFAULT, false, 1500)) {
            Endpoint[] ends = world.establish();
            ends[0].send(2_000_000);
            world.run(SECOND);
            TcpInfo midway = info(world, ends[0]);
            assertThat(midway.unacked).as("still sending").isPositive();
            // 1,448 of every 1,500 bytes are payload.
            assertThat(midway.deliveryRate).isBetween(10_000_000L / 8 * 90 / 100, 10_000_000L / 8);
            assertThat(midway.deliveryRateAppLimited).isFalse();
            ends[0].tcb.abort(world.clock.nowNs());
        }
    }

    @Test
    void anApplicationThatPausesShowsAsTheLimit() {
        try (TwoHosts world = new TwoHosts()) {
            Endpoint[] ends = world.establish();
            for (int i = 0; i < 20; i++) {
                ends[0].send(100);
                world.run(100 * MS);
            }
            assertThat(info(world, ends[0]).deliveryRateAppLimited).isTrue();
            assertThat(info(world, ends[0]).deliveryRate).isBetween(5_000L, 11_000L);
        }
    }
}
