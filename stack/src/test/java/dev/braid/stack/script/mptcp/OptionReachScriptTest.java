package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.syn;
import static dev.braid.stack.script.Seg.synAck;
import static dev.braid.stack.script.mptcp.MpOption.dss;
import static dev.braid.stack.script.mptcp.MpOption.join;
import static dev.braid.stack.script.mptcp.MpOption.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.script.Seg;
import dev.braid.stack.socket.Errno;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Options that are set while a connection runs reach the subflows it has and those it gets (docs/socket-options.md). */
class OptionReachScriptTest extends TwoPathScript {
    private static final int TOS = 0x10;
    private static final int TTL = 33;
    private static final int MAXSEG = 600;
    /** As much as needs the first congestion windows of two paths. */
    private static final int SOME = 25_000;
    /** More than two paths take, of what the peer's window takes. */
    private static final int MUCH = 60_000;
    /** What a delayed acknowledgment waits. */
    private static final int DELAY_MS = 40;

    private Path third;

    /** A third path begins; the host's first segment on it agrees with this one. */
    private void begins(Role role, Seg asClient, Seg asServer) {
        if (role == Role.CLIENT) {
            third = joinedPath("third", 2, 0, PEER_PORT, 0);
            endpoint(2, SUBFLOW);
            third.sees(asClient.with(join()));
        } else {
            third = path("third", 2, 2, PEER_PORT + 2, 2);
            third.sends(third.fullSyn().with(join())).sees(asServer.with(join()));
        }
    }

    private void isAgreed(Role role) {
        after(SECOND_RTT_MS);
        if (role == Role.CLIENT) {
            third.sends(third.fullSynAck().with(join())).sees(ack(1, 1).with(join()));
            third.sends(ack(1, 1));
        } else {
            third.sends(ack(1, 1).with(join()));
        }
    }

    private void hasThirdPath(Role role) {
        begins(role, syn(0), synAck(0, 1));
        isAgreed(role);
        third.seesWhatever();
    }

    @ParameterizedTest
    @EnumSource
    void whatIpHeadersSayIsSaidOnEveryPath(Role role) {
        hasTwoPaths(role);
        conn.options(options -> {
            options.tcp.trafficClass = TOS;
            options.tcp.ttl = TTL;
        });
        first.sends(data(11, 111).with(map(11, 11, 100))).sees(ack(1, 111).tos(TOS).ttl(TTL));
        second.sends(data(1, 101).with(map(111, 1, 100))).sees(ack(1, 101).tos(TOS).ttl(TTL));
        begins(role, syn(0).tos(TOS).ttl(TTL), synAck(0, 1).tos(TOS).ttl(TTL));
        isAgreed(role);
        third.seesWhatever();
        third.sends(data(1, 101).with(map(211, 1, 100))).sees(ack(1, 101).tos(TOS).ttl(TTL));
        conn.reads(300).write(500);
        second.sees(data(1, 501).tos(TOS).ttl(TTL)).sends(ack(101, 501));
    }

    @ParameterizedTest
    @EnumSource
    void noSegmentIsLargerThanAllowedOnAnyPath(Role role) {
        hasTwoPaths(role);
        conn.options(options -> options.tcp.maxSegment = MAXSEG).write(MUCH);
        isCutSmall(first);
        isCutSmall(second);
        begins(role, syn(0).mss(MAXSEG), synAck(0, 1).mss(MAXSEG));
        isAgreed(role);
        isCutSmall(third);
    }

    /** All that the path carries is in segments of {@link #MAXSEG} less their options. */
    private static void isCutSmall(Path path) {
        int bytes = 0;
        while (path.pending() > 0) {
            Seg segment = path.next();
            int payload = segment.to() - segment.from();
            assertThat(payload).as("payload of a segment by %s", path.name()).isLessThan(MAXSEG);
            bytes += payload;
        }
        assertThat(bytes).as("payload by %s", path.name()).isGreaterThan(MAXSEG);
    }

    @ParameterizedTest
    @EnumSource
    void acknowledgmentsAreQuickOnEveryPath(Role role) {
        hasTwoPaths(role);
        // Whoever answers delays acknowledgments.
        second.sends(data(1, 11).with(map(11, 1, 10))).sees(ack(1, 11));
        conn.reads(10).write(SOME);
        answers(first, 11);
        answers(second, 11);
        first.sends(data(11, 111).with(map(21, 11, 100))).seesNothing();
        second.sends(data(11, 111).with(map(121, 11, 100))).seesNothing();
        after(DELAY_MS);
        isAcknowledged(first, 111);
        isAcknowledged(second, 111);
        conn.reads(200).options(options -> options.tcp.quickAck = true);
        hasThirdPath(role);
        first.sends(data(111, 121).with(map(221, 111, 10)));
        second.sends(data(111, 121).with(map(231, 111, 10)));
        third.sends(data(1, 11).with(map(241, 1, 10)));
        discardAll();
        conn.reads(30).write(MUCH);
        answers(first, 121);
        answers(second, 121);
        answers(third, 11);
        discardAll(); // what had to wait for that
        first.sends(data(121, 221).with(map(251, 121, 100)));
        second.sends(data(121, 221).with(map(351, 121, 100)));
        third.sends(data(11, 111).with(map(451, 11, 100)));
        isAcknowledged(first, 221);
        isAcknowledged(second, 221);
        isAcknowledged(third, 111);
        conn.reads(300);
    }

    /** The peer acknowledges all that the path carried, by a segment with this sequence number. */
    private static void answers(Path path, int seq) {
        int last = 0;
        while (path.pending() > 0) {
            last = path.next().to();
        }
        assertThat(last).as("what %s carried", path.name()).isPositive();
        path.sends(ack(seq, last));
    }

    private static void isAcknowledged(Path path, int number) {
        assertThat(path.next().ackNumber()).as("what is acknowledged by %s", path.name()).isEqualTo(number);
    }

    @ParameterizedTest
    @EnumSource
    void everyPathIsKeptAlive(Role role) {
        hasTwoPaths(role);
        conn.options(options -> {
            options.tcp.keepAlive = true;
            options.tcp.keepIdleNs = 100_000_000_000L;
        });
        hasThirdPath(role);
        afterWhatever(99_900);
        discardAll();
        afterWhatever(120);
        first.sees(probe(1, 11)).sends(ack(11, 1));
        second.sees(probe(1, 1)).sends(ack(1, 1));
        third.sees(probe(1, 1)).sends(ack(1, 1));
    }

    /** The connection's own timeout: what one path does not acknowledge another one brings. */
    @ParameterizedTest
    @EnumSource
    void aUserTimeoutEndsNoConnectionThatOnePathKeepsAlive(Role role) {
        hasTwoPaths(role);
        conn.options(options -> options.tcp.userTimeoutNs = 2_000_000_000L);
        conn.write(1_000);
        second.sees(data(1, 1_001)).dies();
        int next = 1;
        for (int i = 0; i < 100; i++) {
            afterWhatever(100);
            while (first.pending() > 0) {
                next = Math.max(next, first.next().to());
            }
            first.sends(ack(11, next).with(dss().ack(mp.hostEnd())));
            second.seesWhatever();
        }
        assertThat(conn.socket().connection().sendQueued()).as("what the silent path owed").isZero();
        assertThat(connection().subflows()).as("the silent path, too, is waited for").isEqualTo(2);
        conn.write(500);
        first.sees(data(next, next + 500)).sends(ack(11, next + 500));
        assertThat(conn.socket().error()).isZero();
        second.seesWhatever();
    }

    @ParameterizedTest
    @EnumSource
    void aUserTimeoutEndsAConnectionWhoseDataNobodyAcknowledges(Role role) {
        hasTwoPaths(role);
        conn.options(options -> options.tcp.userTimeoutNs = 2_000_000_000L);
        conn.write(1_000);
        afterWhatever(1_900);
        assertThat(conn.socket().error()).isZero();
        afterWhatever(1_000);
        conn.failedWith(Errno.ETIMEDOUT);
        discardAll();
    }
}
