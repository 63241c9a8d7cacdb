package dev.braid.stack.mptcp;

import static dev.braid.stack.mptcp.TwoHosts.MS;
import static dev.braid.stack.mptcp.TwoHosts.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.memory.Memory;
import dev.braid.stack.mptcp.path.LocalAddress;
import dev.braid.stack.mptcp.path.PeerReset;
import dev.braid.stack.mptcp.path.SubflowPlan;
import dev.braid.stack.tcp.TcpFailure;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** MP_JOIN between two cores over two links. */
class JoinHandshakeTest {
    private static Subflow join(TwoHosts world, TwoHosts.Program here, boolean backup) {
        Subflow subflow = here.mptcp().roster.join(world.plan(backup), world.clock.nowNs());
        assertThat(subflow).isNotNull();
        world.client.core.flush(world.clock.nowNs());
        return subflow;
    }

    @Test
    @Rfc({"8684", "3.2"})
    void aJoinedSubflowIsUsableAtBothEnds() {
        try (TwoHosts world = TwoHosts.unmanaged()) {
            TwoHosts.Program[] pair = world.establishFully();
            Subflow ours = join(world, pair[0], true);
            world.run(100 * MS);
            assertThat(ours.usable()).isTrue();
            assertThat(ours.link()).isEqualTo(1);
            assertThat(pair[1].mptcp().subflows()).isEqualTo(2);
            Subflow theirs = pair[1].mptcp().subflows.get(1);
            assertThat(theirs.usable()).isTrue();
            assertThat(theirs.remoteBackup).isTrue();
            assertThat(theirs.remoteId).isEqualTo(1);
            assertThat(theirs.initiated()).isFalse();
            assertThat(world.client.count("MPTcpExtMPJoinSynTx")).isEqualTo(1);
            assertThat(world.client.count("MPTcpExtMPJoinSynAckRx")).isEqualTo(1);
            assertThat(world.server.count("MPTcpExtMPJoinSynRx")).isEqualTo(1);
            assertThat(world.server.count("MPTcpExtMPJoinSynBackupRx")).isEqualTo(1);
            assertThat(world.server.count("MPTcpExtMPJoinAckRx")).isEqualTo(1);
        }
    }

    @Test
    @Rfc({"8684", "3.2"})
    void theThirdPacketIsRepeatedUntilTheFourthComes() {
        try (TwoHosts world = TwoHosts.unmanaged()) {
            TwoHosts.Program[] pair = world.establishFully();
            int[] packets = {0};
            world.forth[1].middlebox((frame, nowNs, forward) -> {
                if (++packets[0] == 2 || packets[0] == 3) {
                    frame.release(); // the third packet, and its first repetition
                } else {
                    forward.transmit(frame);
                }
            });
            Subflow ours = join(world, pair[0], false);
            world.run(200 * MS);
            assertThat(ours.usable()).isFalse();
            assertThat(pair[1].mptcp().subflows.get(1).usable()).isFalse();
            world.run(5 * SECOND);
            assertThat(ours.usable()).isTrue();
            assertThat(pair[1].mptcp().subflows.get(1).usable()).isTrue();
        }
    }

    @Test
    @Rfc({"8684", "3.2"})
    void aLostFourthPacketIsAskedForAgain() {
        try (TwoHosts world = TwoHosts.unmanaged()) {
            TwoHosts.Program[] pair = world.establishFully();
            int[] packets = {0};
            world.back[1].middlebox((frame, nowNs, forward) -> {
                if (++packets[0] == 2) {
                    frame.release();
                } else {
                    forward.transmit(frame);
                }
            });
            Subflow ours = join(world, pair[0], false);
            world.run(50 * MS);
            assertThat(ours.usable()).isFalse();
            world.run(5 * SECOND);
            assertThat(ours.usable()).isTrue();
        }
    }

    @Test
    @Rfc({"8684", "3.2"})
    void aTokenNobodyHasIsResetThoughSomebodyListens() {
        try (TwoHosts world = TwoHosts.unmanaged()) {
            TwoHosts.Program[] pair = world.establishFully();
            pair[0].mptcp().remoteToken ^= 1;
            Subflow ours = join(world, pair[0], false);
            world.run(100 * MS);
            assertThat(ours.gone()).isTrue();
            assertThat(ours.resetReceived).isEqualTo(new PeerReset(ResetReason.MPTCP_ERROR, false));
            assertThat(world.server.count("MPTcpExtMPJoinNoTokenFound")).isEqualTo(1);
            assertThat(world.server.count("MPTcpExtMPRstTx")).isEqualTo(1);
            assertThat(world.client.count("MPTcpExtMPRstRx")).isEqualTo(1);
            assertThat(pair[0].mptcp().subflows()).isEqualTo(1);
        }
    }

    @Test
    @Rfc({"8684", "3.2"})
    void aWrongHmacInTheSynAckIsAnsweredWithAReset() {
        try (TwoHosts world = TwoHosts.unmanaged()) {
            TwoHosts.Program[] pair = world.establishFully();
            pair[1].mptcp().localKey ^= 1;
            Subflow ours = join(world, pair[0], false);
            world.run(100 * MS);
            assertThat(ours.gone()).isTrue();
            assertThat(world.client.count("MPTcpExtMPJoinSynAckHMacFailure")).isEqualTo(1);
            assertThat(pair[1].mptcp().subflows()).as("the reset took the other half with it").isEqualTo(1);
            pair[1].mptcp().localKey ^= 1;
        }
    }

    @Test
    @Rfc({"8684", "3.2"})
    void aWrongHmacInTheThirdPacketIsAnsweredWithAReset() {
        try (TwoHosts world = TwoHosts.unmanaged()) {
            TwoHosts.Program[] pair = world.establishFully();
            int[] packets = {0};
            world.forth[1].middlebox((frame, nowNs, forward) -> {
                if (++packets[0] == 2) {
                    long last = frame.data() + frame.linearLength() - 1;
                    int was = Memory.u8(last);
                    Memory.put8(last, was ^ 1);
                    repair(frame.data(), was, was ^ 1);
                }
                forward.transmit(frame);
            });
            Subflow ours = join(world, pair[0], false);
            world.run(100 * MS);
            assertThat(world.server.count("MPTcpExtMPJoinAckHMacFailure")).isEqualTo(1);
            assertThat(ours.gone()).isTrue();
            assertThat(ours.resetReceived).isEqualTo(new PeerReset(ResetReason.MPTCP_ERROR, false));
        }
    }

    /** Adjusts the TCP checksum of an IPv4 packet whose last byte changed; it stands at an odd offset. */
    private static void repair(long packet, int was, int is) {
        long field = packet + 20 + 16;
        int sum = (~Memory.u16(field) & 0xffff) + (~was & 0xffff) + is;
        sum = (sum & 0xffff) + (sum >>> 16);
        sum = (sum & 0xffff) + (sum >>> 16);
        Memory.put16(field, ~sum & 0xffff);
    }

    @Test
    @Rfc({"8684", "3.2"})
    void aJoinIsToldByItsTokenWhereNobodyListens() {
        try (TwoHosts world = TwoHosts.unmanaged()) {
            TwoHosts.Program[] pair = world.establishFully();
            var nowhere = new SubflowPlan(
                    new LocalAddress(world.client.addresses.get(1), 1), 0, 1, world.server.addresses.get(1), 9999, 2,
                    false);
            Subflow ours = pair[0].mptcp().roster.join(nowhere, world.clock.nowNs());
            world.client.core.flush(world.clock.nowNs());
            world.run(100 * MS);
            assertThat(ours.usable()).isTrue();
        }
    }

    @Test
    void theServerJoinsTheClientToo() {
        try (TwoHosts world = TwoHosts.unmanaged()) {
            TwoHosts.Program[] pair = world.establishFully();
            var plan = new SubflowPlan(
                    new LocalAddress(world.server.addresses.get(1), 1), 0, 3, world.client.addresses.get(1), 4444, 4,
                    false);
            Subflow theirs = pair[1].mptcp().roster.join(plan, world.clock.nowNs());
            world.server.core.flush(world.clock.nowNs());
            world.run(100 * MS);
            assertThat(theirs.usable()).isTrue();
            assertThat(pair[0].mptcp().subflows.get(1).usable()).isTrue();
        }
    }

    @Test
    void moreSubflowsThanTheLimitAreRefused() {
        try (TwoHosts world = TwoHosts.unmanaged()) {
            TwoHosts.Program[] pair = world.establishFully();
            for (int i = 0; i < 3; i++) {
                join(world, pair[0], false);
                world.run(100 * MS);
            }
            assertThat(world.server.count("MPTcpExtMPJoinRejected")).isEqualTo(1);
            assertThat(pair[0].mptcp().subflows()).isEqualTo(3);
            assertThat(pair[1].mptcp().subflows()).isEqualTo(3);
        }
    }

    @Test
    void noJoinIsAcceptedBeforeTheConnectionIsComplete() {
        try (TwoHosts world = TwoHosts.unmanaged()) {
            TwoHosts.Program[] pair = world.establish();
            assertThat(pair[0].mptcp().roster.join(world.plan(false), world.clock.nowNs()))
                    .as("nothing but the SYN/ACK has come back")
                    .isNull();
        }
    }

    @Test
    void aFirstSubflowThatIsResetLeavesTheConnectionToTheOther() {
        try (TwoHosts world = TwoHosts.unmanaged()) {
            TwoHosts.Program[] pair = world.establishFully();
            join(world, pair[0], false);
            world.run(100 * MS);
            pair[0].mptcp().initial.reset(ResetReason.PERFORMANCE, world.clock.nowNs());
            pair[0].send(200_000);
            pair[1].send(100_000);
            world.run(10 * SECOND);
            assertThat(pair[1].read).isEqualTo(200_100);
            assertThat(pair[0].read).isEqualTo(100_000);
            assertThat(pair[0].mptcp().subflows()).isEqualTo(1);
            assertThat(pair[1].heard).isEmpty();
        }
    }

    @Test
    void aConnectionWithoutSubflowsIsHeldAndThenGivenUp() {
        try (TwoHosts world = TwoHosts.unmanaged()) {
            TwoHosts.Program[] pair = world.establishFully();
            pair[0].mptcp().initial.reset(ResetReason.PERFORMANCE, world.clock.nowNs());
            world.run(30 * SECOND);
            assertThat(pair[0].mptcp().subflows()).isZero();
            assertThat(pair[0].heard).containsExactly("established");
            world.run(40 * SECOND);
            assertThat(pair[0].heard).containsExactly("established", "failed TIMED_OUT", "closed");
            assertThat(pair[1].heard).containsExactly("failed TIMED_OUT", "closed");
            assertThat(pair[1].connection.failure()).isEqualTo(TcpFailure.TIMED_OUT);
        }
    }

    @Test
    void aConnectionThatIsHeldGoesOnOverANewSubflow() {
        try (TwoHosts world = TwoHosts.unmanaged()) {
            TwoHosts.Program[] pair = world.establishFully();
            pair[0].mptcp().initial.reset(ResetReason.PERFORMANCE, world.clock.nowNs());
            world.run(10 * SECOND);
            pair[0].send(50_000);
            join(world, pair[0], false);
            world.run(70 * SECOND);
            assertThat(pair[1].read).isEqualTo(50_100);
            assertThat(pair[0].heard).containsExactly("established");
        }
    }
}
