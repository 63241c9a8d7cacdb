package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.rstAck;
import static dev.braid.stack.script.Seg.syn;
import static dev.braid.stack.script.Seg.synAck;
import static dev.braid.stack.script.mptcp.MpOption.dss;
import static dev.braid.stack.script.mptcp.MpOption.join;
import static dev.braid.stack.script.mptcp.MpOption.map;
import static dev.braid.stack.script.mptcp.MpOption.tcprst;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both ends join at the same time. */
class SimultaneousJoinScriptTest extends TwoPathScript {
    /** The peer's join by another pair of addresses, from which it may come to a client, too. */
    private Path peersJoin() {
        return path("peers", 2, 2, PEER_PORT + 3, 3);
    }

    @ParameterizedTest
    @EnumSource
    void bothJoinsHoldThoughNeitherWaitsForTheOther(Role role) {
        isOpen(role);
        Path own = joinedPath("own", 1, 0, PEER_PORT, 0);
        lte.hostPort(1);
        Path peers = peersJoin();
        endpoint(1, SUBFLOW);
        own.sees(syn(0).with(join()));
        peers.sends(peers.fullSyn().with(join())).sees(synAck(0, 1).with(join()));
        own.sends(own.fullSynAck().with(join())).sees(ack(1, 1).with(join()));
        peers.sends(ack(1, 1).with(join())).sees(ack(1, 1));
        own.sends(ack(1, 1)).seesNothing();
        peers.sends(data(1, 101).with(map(111, 1, 100))).sees(ack(1, 101).with(dss().ack(11)));
        own.sends(data(1, 101).with(map(11, 1, 100))).sees(ack(1, 101).with(dss().ack(211)));
        conn.reads(200);
        assertThat(connection().subflows()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void twoJoinsOfThePeersMayCrossOneAnother(Role role) {
        isOpen(role);
        Path one = path("one", 1, 1, PEER_PORT + 1, 1);
        Path other = peersJoin();
        one.sends(one.fullSyn().with(join()));
        other.sends(other.fullSyn().with(join()));
        one.sees(synAck(0, 1).with(join()));
        other.sees(synAck(0, 1).with(join()));
        // Each proof is of its own nonces: it is looked at on both sides.
        other.sends(ack(1, 1).with(join())).sees(ack(1, 1));
        one.sends(ack(1, 1).with(join())).sees(ack(1, 1));
        one.sends(data(1, 101).with(map(11, 1, 100))).sees(ack(1, 101).with(dss().ack(111)));
        other.sends(data(1, 101).with(map(111, 1, 100))).sees(ack(1, 101).with(dss().ack(211)));
        conn.reads(200);
    }

    @ParameterizedTest
    @EnumSource
    void whereBothWouldExceedTheLimitTheOneThatCameSecondIsRefused(Role role) {
        isOpen(role);
        mayHaveSubflows(1);
        Path own = joinedPath("own", 1, 0, PEER_PORT, 0);
        lte.hostPort(1);
        endpoint(1, SUBFLOW);
        own.sees(syn(0).with(join()));
        Path peers = peersJoin();
        peers.sends(peers.fullSyn().with(join())).sees(rstAck(0, 1).with(tcprst(3)));
        own.sends(own.fullSynAck().with(join())).sees(ack(1, 1).with(join())).sends(ack(1, 1)).seesNothing();
        assertThat(counter("MPTcpExtMPJoinRejected")).isEqualTo(1);
    }

    /** RFC 8684 section 3.2 knows one opener of a subflow: SYNs that cross on the same ports make none, and harm nothing. */
    @Test
    void synsThatCrossOnTheSamePortsMakeNoSubflow() {
        isOpen(Role.CLIENT);
        endpoint(1, SUBFLOW);
        lte.sees(syn(0).with(join()));
        lte.sends(lte.fullSyn().with(join()));
        lte.seesWhatever();
        afterWhatever(1_000);
        lte.seesWhatever();
        first.sends(data(11, 111).with(map(11, 11, 100))).sees(ack(1, 111).with(dss().ack(111)));
        conn.reads(100).write(100);
        first.sees(data(1, 101).with(map(1, 1, 100))).sends(ack(111, 101));
        assertThat(conn.socket().connection().sendQueued()).isZero();
        discardAll();
    }
}
