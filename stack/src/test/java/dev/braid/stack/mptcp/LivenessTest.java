package dev.braid.stack.mptcp;

import static dev.braid.stack.mptcp.TwoHosts.MS;
import static dev.braid.stack.mptcp.TwoHosts.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.mptcp.scheduler.ConnectionView;
import dev.braid.stack.mptcp.scheduler.PacketScheduler;
import dev.braid.stack.mptcp.scheduler.SchedulingDecision;
import dev.braid.stack.mptcp.scheduler.SubflowView;
import dev.braid.stack.tcp.Decision;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths that fall silent under a transfer, in either direction, between two cores over two shaped links. */
class LivenessTest {
    private static final long BIG = 40_000_000;

    /** Two hosts, a connection over both links, and who sends. */
    private static final class Scene implements AutoCloseable {
        final TwoHosts world;
        final TwoHosts.Program client;
        final TwoHosts.Program server;

        Scene(boolean backup) {
            this(backup, attentive(), attentive());
        }

        Scene(boolean backup, CoreConfig clients, CoreConfig servers) {
            this(backup, clients, servers, 10 * MS, 15 * MS);
        }

        Scene(boolean backup, CoreConfig clients, CoreConfig servers, long firstDelayNs, long secondDelayNs) {
            LinkConfig link = LinkConfig.PERFECT.rate(20_000_000).queue(100_000);
            world = new TwoHosts(clients, servers, link.delay(firstDelayNs), link.delay(secondDelayNs));
            TwoHosts.Program[] pair = world.establishFully();
            client = pair[0];
            server = pair[1];
            assertThat(client.mptcp().roster.join(world.plan(backup), world.clock.nowNs())).isNotNull();
            world.run(200 * MS);
            assertThat(client.mptcp().subflows).hasSize(2).allMatch(Subflow::usable);
            assertThat(server.mptcp().subflows).hasSize(2).allMatch(Subflow::usable);
        }

        void cut(int link) {
            world.forth[link].cut(world.clock.nowNs());
            world.back[link].cut(world.clock.nowNs());
        }

        void mend(int link) {
            world.forth[link].mend();
            world.back[link].mend();
        }

        /** The longest time without a byte for this program, of a span, in milliseconds. */
        long longestPauseMs(TwoHosts.Program reader, long spanNs) {
            long longest = 0;
            long pause = 0;
            for (long passed = 0; passed < spanNs; passed += 5 * MS) {
                long before = reader.read;
                world.run(5 * MS);
                pause = reader.read > before ? 0 : pause + 5;
                longest = Math.max(longest, pause);
            }
            return longest;
        }

        long client(String counter) {
            return world.client.count(counter);
        }

        long server(String counter) {
            return world.server.count(counter);
        }

        @Override
        public void close() {
            world.close();
        }
    }

    private static CoreConfig attentive() {
        return TwoHosts.config(c -> c.pathManagers = "none");
    }

    /** Neither notices silence, nor hears that an address is gone. */
    private static CoreConfig deaf() {
        return counting(0);
    }

    /** Goes by Linux's count alone. */
    private static CoreConfig counting(int staleLossCount) {
        return TwoHosts.config(c -> {
            c.pathManagers = "none";
            c.liveness = false;
            c.staleLossCount = staleLossCount;
        });
    }

    @Test
    void withoutProbesAPathIsStaleAfterAsManySilentIntervalsAsTheTunableSays() {
        for (int limit : new int[] {2, 4}) {
            try (Scene scene = new Scene(false, counting(limit), counting(0))) {
                scene.client.send(BIG);
                scene.world.run(2 * SECOND);
                scene.cut(1);
                // An interval is an RTO, 200 ms at the least, and may have begun before.
                long intervalNs = scene.client.mptcp().sender.retransmissionIntervalNs();
                scene.world.run(limit * intervalNs - 10 * MS);
                assertThat(scene.client("MPTcpExtSubflowStale")).as("too soon").isZero();
                scene.world.run(3 * intervalNs);
                assertThat(scene.client("MPTcpExtSubflowStale")).isEqualTo(1);
                assertThat(scene.client("MptcpLiveProbes")).as("Linux asks nobody").isZero();
                assertThat(scene.client.mptcp().subflow(1).stale()).isTrue();
                scene.mend(1);
                scene.world.run(5 * SECOND);
                assertThat(scene.client("MPTcpExtSubflowRecover")).isEqualTo(1);
                assertThat(scene.client.mptcp().subflow(1).stale()).isFalse();
                scene.world.run(20 * SECOND);
                assertThat(scene.server.read).isEqualTo(BIG + 100);
            }
        }
    }

    @Test
    void zeroTurnsTheCountOff() {
        try (Scene scene = new Scene(false, counting(0), counting(0))) {
            scene.client.send(BIG);
            scene.world.run(2 * SECOND);
            scene.cut(1);
            scene.world.run(10 * SECOND);
            assertThat(scene.client("MPTcpExtSubflowStale")).isZero();
        }
    }

    @Test
    void whenEveryPathIsAsSilentNoneIsStale() {
        try (Scene scene = new Scene(false, counting(4), counting(0))) {
            scene.client.send(BIG);
            scene.world.run(2 * SECOND);
            scene.cut(0);
            scene.cut(1);
            scene.world.run(10 * SECOND);
            assertThat(scene.client("MPTcpExtSubflowStale")).isZero();
        }
    }

    /** Notices no silence itself, and opens nothing of its own accord. */
    private static CoreConfig inattentive() {
        return TwoHosts.config(c -> {
            c.liveness = false;
            c.linkEndpoints = false;
        });
    }

    @Test
    void whatASilentPathWasGivenGoesOverAnotherAtOnce() {
        try (Scene scene = new Scene(false, attentive(), inattentive())) {
            scene.client.send(BIG);
            scene.world.run(2 * SECOND);
            scene.cut(1);
            assertThat(scene.longestPauseMs(scene.server, 3 * SECOND)).isLessThan(250);
            assertThat(scene.client("MPTcpExtSubflowStale")).isEqualTo(1);
            assertThat(scene.client("MptcpLiveReinjected")).isEqualTo(1);
            assertThat(scene.client.mptcp().subflow(1).stale()).isTrue();
        }
    }

    @Test
    void theFirstPathMayBeTheOneThatFallsSilent() {
        try (Scene scene = new Scene(false, attentive(), inattentive())) {
            scene.client.send(BIG);
            scene.world.run(2 * SECOND);
            scene.cut(0);
            assertThat(scene.longestPauseMs(scene.server, 3 * SECOND)).isLessThan(250);
        }
    }

    @Test
    void withoutLivenessNothingIsProbedAndNothingSuspected() {
        try (Scene scene = new Scene(false, deaf(), deaf())) {
            scene.client.send(BIG);
            scene.world.run(1 * SECOND);
            scene.cut(1);
            scene.world.run(2 * SECOND);
            assertThat(scene.client("MptcpLiveProbes") + scene.server("MptcpLiveProbes")).isZero();
            assertThat(scene.client("MPTcpExtSubflowStale")).isZero();
        }
    }

    @Test
    void aReceiverTellsThePeerToTakeAnotherPath() {
        try (Scene scene = new Scene(false, attentive(), inattentive())) {
            scene.server.send(BIG);
            scene.world.run(2 * SECOND);
            scene.cut(1);
            assertThat(scene.longestPauseMs(scene.client, 3 * SECOND)).isLessThan(300);
            assertThat(scene.client("MptcpLiveToldRemoveAddr")).isEqualTo(1);
            assertThat(scene.client("MPTcpExtRmAddrTx")).isPositive();
            assertThat(scene.server("MPTcpExtRmAddr")).isPositive();
        }
    }

    @Test
    void aReceiverMakesABackupARegularPathAndLaterABackupAgain() {
        try (Scene scene = new Scene(true)) {
            scene.server.send(BIG);
            scene.world.run(1 * SECOND);
            assertThat(scene.server.mptcp().subflow(1).outstanding()).isZero();
            scene.cut(0);
            assertThat(scene.longestPauseMs(scene.client, 1 * SECOND)).isLessThan(300);
            assertThat(scene.client("MptcpLiveToldPrio")).isEqualTo(1);
            assertThat(scene.server("MPTcpExtMPPrioRx")).isEqualTo(1);
            assertThat(scene.server.mptcp().subflow(1).backup()).isFalse();
            scene.mend(0);
            scene.world.run(3 * SECOND);
            assertThat(scene.client("MptcpLiveToldPrioBack")).isEqualTo(1);
            assertThat(scene.client.mptcp().subflow(0).stale()).isFalse();
            assertThat(scene.server.mptcp().subflow(1).backup()).isTrue();
            assertThat(scene.server.mptcp().subflow(0).outstanding()).isPositive();
        }
    }

    /** Uses every path for what is new, backups too, and none for what is to go again. */
    private static final class Stubborn implements PacketScheduler {
        @Override
        public String name() {
            return "stubborn";
        }

        @Override
        public @Nullable SubflowView choose(ConnectionView connection, long nowNs) {
            for (int i = 0; i < connection.subflows(); i++) {
                if (connection.subflow(i).ready(nowNs)) {
                    return connection.subflow(i);
                }
            }
            return null;
        }

        @Override
        public @Nullable SubflowView chooseAgain(ConnectionView connection, @Nullable SubflowView from, long nowNs) {
            return null;
        }

        @Override
        public SchedulingDecision decision() {
            return SchedulingDecision.FASTEST;
        }
    }

    @Test
    void aReceiverTakesTheAddressBackWhenAPriorityDoesNotHelp() {
        try (Scene scene = new Scene(true, attentive(), inattentive())) {
            MptcpLayer peer = scene.world.server.core.mptcp();
            peer.schedulers(peer.schedulers().with("stubborn", Stubborn::new));
            scene.server.mptcp().scheduler("stubborn", scene.world.clock.nowNs());
            scene.server.send(BIG);
            scene.world.run(1 * SECOND);
            scene.cut(0);
            scene.world.run(1 * SECOND);
            assertThat(scene.client("MptcpLiveToldPrio")).isEqualTo(1);
            assertThat(scene.client("MptcpLiveToldRemoveAddr")).isEqualTo(1);
            assertThat(scene.server("MPTcpExtRmAddr")).isEqualTo(1);
            assertThat(scene.client.mptcp().subflows).hasSize(1);
        }
    }

    /** The backup that took its place goes, too: there is nothing better left that the peer could be told of. */
    @Test
    void theLastPathIsNotGivenUpForItsSilence() {
        try (Scene scene = new Scene(true, attentive(), inattentive())) {
            MptcpLayer peer = scene.world.server.core.mptcp();
            peer.schedulers(peer.schedulers().with("stubborn", Stubborn::new));
            scene.server.mptcp().scheduler("stubborn", scene.world.clock.nowNs());
            scene.server.send(BIG);
            scene.world.run(1 * SECOND);
            scene.cut(0);
            for (int i = 0; i < 200 && scene.client("MptcpLiveToldPrio") == 0; i++) {
                scene.world.run(5 * MS);
            }
            scene.server.mptcp().subflows.get(1).tcb.demandReset(scene.world.clock.nowNs());
            scene.world.run(3 * SECOND);
            assertThat(scene.client.mptcp().receiver.hasHole()).isTrue();
            assertThat(scene.client("MptcpLiveToldRemoveAddr")).isZero();
            assertThat(scene.client.mptcp().subflows).containsExactly(scene.client.mptcp().initial);
        }
    }

    @Test
    void aSchedulerIsReplacedInMidTransfer() {
        try (Scene scene = new Scene(false)) {
            MptcpConnection sender = scene.client.mptcp();
            scene.client.send(12_000_000);
            for (String name : List.of("kernel", "lowest-rtt", "default", "kernel")) {
                sender.scheduler(name, scene.world.clock.nowNs());
                assertThat(sender.scheduler()).isEqualTo(name);
                scene.world.run(500 * MS);
            }
            scene.world.run(10 * SECOND);
            assertThat(scene.server.read).isEqualTo(12_000_100);
            assertThat(scene.client("MptcpSchedShortestQueue")).isPositive();
            assertThat(scene.client("MptcpSchedFastest")).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whatGoesOverTwoPathsDoesNotWaitForOneThatWasCut(int fastest) {
        long otherNs = fastest == 0 ? 15 * MS : 5 * MS;
        // Deaf to silence, or what finds the cut would also bring the data again in time.
        try (Scene scene = new Scene(false, deaf(), deaf(), 10 * MS, otherNs)) {
            scene.client.mptcp().scheduler("redundant", scene.world.clock.nowNs());
            scene.client.send(10_000);
            scene.world.run(5 * SECOND);
            assertThat(scene.server.read).isEqualTo(10_100);
            scene.cut(fastest);
            scene.client.send(4_500);
            scene.world.run(100 * MS);
            assertThat(scene.server.read).as("sooner than any timer finds the cut").isEqualTo(14_600);
        }
    }

    @Test
    void segmentsSayWhyTheyTookTheirPath() {
        try (Scene scene = new Scene(false)) {
            Set<String> data = new TreeSet<>();
            Set<String> probes = new TreeSet<>();
            scene.client.send(BIG);
            for (int i = 0; i < 3000; i++) {
                scene.world.run(1 * MS);
                for (Subflow subflow : scene.client.mptcp().subflows) {
                    data.add(MptcpReason.words(subflow.reasons(subflow.tcb, Decision.NEW_DATA)));
                    probes.add(MptcpReason.words(subflow.reasons(subflow.tcb, Decision.PROBE)));
                }
                if (i == 1000) {
                    scene.cut(1);
                }
            }
            assertThat(data).contains(", fastest path", ", fastest path full", ", reinjection");
            assertThat(probes).contains(", path suspected", ", silent path");
        }
    }

    @Test
    void twoPathsCarryAsMuchAsBothTogether() {
        for (String name : List.of("default", "kernel")) {
            try (Scene scene = new Scene(false)) {
                scene.client.mptcp().scheduler(name, scene.world.clock.nowNs());
                scene.client.send(BIG);
                scene.world.run(2 * SECOND);
                long before = scene.server.read;
                scene.world.run(4 * SECOND);
                // 2 x 20 Mbit/s, of which 1448 bytes in 1500 are payload at most, and a DSS takes 20 more.
                double share = (scene.server.read - before) / (4 * 5_000_000.0);
                assertThat(share).as(name).isGreaterThan(0.9);
            }
        }
    }

    @Test
    void aReceiverDoesNotTakeBackAnAddressThatALivingPathShares() {
        try (Scene scene = new Scene(false, deaf(), attentive())) {
            for (Subflow subflow : scene.server.mptcp().subflows) {
                subflow.localId = 0;
            }
            scene.client.send(BIG);
            scene.world.run(2 * SECOND);
            scene.cut(1);
            scene.world.run(1 * SECOND);
            assertThat(scene.server("MptcpLiveUntold")).isEqualTo(1);
            assertThat(scene.server("MPTcpExtRmAddrTx")).isZero();
            assertThat(scene.server.mptcp().subflows).hasSize(2);
        }
    }

    /** Two subflows start from the address that is silent: neither is a living one, for which it would be kept. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aReceiverTakesBackAnAddressOfWhichEveryPathIsSilent(boolean client) {
        try (Scene scene = new Scene(
                false, client ? attentive() : inattentive(), client ? inattentive() : attentive())) {
            MptcpConnection opener = scene.client.mptcp();
            assertThat(opener.roster.join(scene.world.plan(false), scene.world.clock.nowNs())).isNotNull();
            scene.world.run(200 * MS);
            TwoHosts.Host host = client ? scene.world.client : scene.world.server;
            TwoHosts.Host peer = client ? scene.world.server : scene.world.client;
            TwoHosts.Program receiver = client ? scene.client : scene.server;
            assertThat(receiver.mptcp().subflows).hasSize(3).allMatch(Subflow::usable);
            (client ? scene.server : scene.client).send(BIG);
            scene.world.run(2 * SECOND);
            scene.cut(1);
            assertThat(scene.longestPauseMs(receiver, 1 * SECOND)).isLessThan(300);
            assertThat(host.count("MptcpLiveToldRemoveAddr")).isEqualTo(1);
            assertThat(host.count("MPTcpExtRmAddrTx")).isEqualTo(1);
            assertThat(peer.count("MPTcpExtRmAddr")).isEqualTo(1);
            assertThat(receiver.mptcp().subflows).containsExactly(receiver.mptcp().initial);
        }
    }

    @Test
    void busyPathsAreNeitherProbedNorSuspected() {
        try (Scene scene = new Scene(false)) {
            scene.client.send(10_000_000);
            scene.world.run(4 * SECOND);
            assertThat(scene.client("MPTcpExtSubflowStale")).isZero();
            assertThat(scene.server("MPTcpExtSubflowStale")).isZero();
            assertThat(scene.client("MptcpLiveProbes") + scene.server("MptcpLiveProbes")).isLessThan(10);
        }
    }

    @Test
    void aSilentPeerIsNoSilentPath() {
        try (Scene scene = new Scene(false)) {
            scene.client.send(BIG);
            scene.world.run(1 * SECOND);
            scene.cut(0);
            scene.cut(1);
            scene.world.run(1 * SECOND);
            scene.mend(0);
            scene.mend(1);
            long before = scene.server.read;
            assertThat(scene.client("MptcpLiveSuspected")).isPositive();
            assertThat(scene.client("MPTcpExtSubflowStale")).isZero();
            scene.world.run(3 * SECOND);
            assertThat(scene.server.read).isGreaterThan(before + 1_000_000);
        }
    }

    @Test
    void aSilentPathThatIsLeftAloneIsAskedUntilItAnswers() {
        try (Scene scene = new Scene(false, attentive(), inattentive())) {
            long nowNs = scene.world.clock.nowNs();
            scene.client.mptcp().subflows.get(1).reset(ResetReason.UNSPECIFIED, nowNs);
            scene.world.client.core.flush(nowNs);
            scene.world.run(100 * MS);
            assertThat(scene.client.mptcp().subflows).hasSize(1);
            scene.client.mptcp().scheduler("kernel", scene.world.clock.nowNs());
            scene.cut(0);
            scene.client.mptcp().liveness.suspect(scene.client.mptcp().subflows.getFirst(), scene.world.clock.nowNs());
            scene.world.client.core.flush(scene.world.clock.nowNs());
            scene.world.run(SECOND);
            scene.mend(0);
            scene.client.send(10_000);
            scene.world.run(20 * SECOND);
            assertThat(scene.server.read).isEqualTo(10_100);
            assertThat(scene.client("MPTcpExtSubflowRecover")).isEqualTo(1);
        }
    }

    @Test
    void anIdleConnectionIsNotProbed() {
        try (Scene scene = new Scene(false)) {
            scene.world.run(120 * SECOND);
            assertThat(scene.client("MptcpLiveProbes") + scene.server("MptcpLiveProbes")).isZero();
        }
    }

    @Test
    void aPathThatAnswersAgainCarriesDataWithinTwoSeconds() {
        try (Scene scene = new Scene(false, attentive(), inattentive())) {
            scene.client.send(BIG);
            scene.world.run(1 * SECOND);
            scene.cut(1);
            scene.world.run(5 * SECOND);
            scene.mend(1);
            long before = scene.world.forth[1].offered();
            scene.world.run(2 * SECOND);
            assertThat(scene.client("MPTcpExtSubflowRecover")).isEqualTo(1);
            assertThat(scene.client.mptcp().subflow(1).stale()).isFalse();
            assertThat(scene.world.forth[1].offered()).isGreaterThan(before + 300);
        }
    }

    @Test
    void aSilentPathIsProbedOnceASecondUnderLoadAndFourTimesAMinuteWhileIdle() {
        try (Scene scene = new Scene(false, attentive(), inattentive())) {
            scene.client.send(2_000_000);
            scene.world.run(200 * MS);
            scene.cut(1);
            scene.world.run(10 * SECOND);
            assertThat(scene.client("MptcpLiveProbedAgain")).isBetween(1L, 12L);
            long before = scene.client("MptcpLiveProbedAgain");
            scene.world.run(60 * SECOND);
            assertThat(scene.client("MptcpLiveProbedAgain") - before).isBetween(3L, 5L);
            assertThat(scene.client("MptcpLiveProbeBytes"))
                    .isGreaterThanOrEqualTo(60 * scene.client("MptcpLiveProbes"));
        }
    }

    @Test
    void allArrivesOnceThoughPathsComeAndGo() {
        try (Scene scene = new Scene(false)) {
            scene.client.send(15_000_000).finish();
            scene.server.send(5_000_000);
            for (int i = 0; i < 6; i++) {
                scene.cut(i % 2);
                scene.world.run(700 * MS);
                scene.mend(i % 2);
                scene.world.run(700 * MS);
            }
            scene.world.run(30 * SECOND);
            assertThat(scene.server.read).isEqualTo(15_000_100);
            assertThat(scene.client.read).isEqualTo(5_000_000);
        }
    }
}
