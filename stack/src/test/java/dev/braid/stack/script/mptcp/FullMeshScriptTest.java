package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.syn;
import static dev.braid.stack.script.mptcp.MpOption.addAddr;
import static dev.braid.stack.script.mptcp.MpOption.dss;
import static dev.braid.stack.script.mptcp.MpOption.join;
import static dev.braid.stack.script.mptcp.MpOption.map;
import static dev.braid.stack.script.mptcp.MpOption.removeAddr;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.testing.Rfc;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Endpoints from each of which a subflow goes to each address of the peer, by either path manager that has them. */
class FullMeshScriptTest extends TwoPathScript {
    /** How the peer's second address is called. */
    private static final int ANNOUNCED = 5;

    /** From the host's first address to the announced one. */
    private Path firstToOther;
    /** From the host's second address to where the connection began. */
    private Path secondToFirst;
    /** From the host's second address to the announced one. */
    private Path secondToOther;

    /** A connection whose two addresses here are to mesh: the second one has a subflow to where it began, and no other is possible yet. */
    private void meshes(Role role, String manager) {
        isOpen(role);
        connection().pathManagers(manager);
        lte.hostPort(1);
        secondToFirst = joinedPath("second-first", 1, 0, PEER_PORT, 0);
        firstToOther = joinedPath("first-other", 0, 1, PEER_PORT, ANNOUNCED);
        secondToOther = joinedPath("second-other", 1, 1, PEER_PORT, ANNOUNCED);
        endpoint(0, SUBFLOW | FULLMESH);
        first.seesNothing();
        endpoint(1, SUBFLOW | FULLMESH);
        isJoinedFrom(secondToFirst, 1);
        first.seesNothing();
    }

    private void isTold() {
        first.sends(ack(11, 1).with(addAddr(ANNOUNCED, peerAddress(1))));
        first.sees(ack(1, 11).with(addAddr(ANNOUNCED, peerAddress(1)).echo())).seesNothing();
    }

    private void isJoinedFrom(Path path, int localId) {
        path.sees(syn(0).with(join().token(mp.token()).id(localId)));
        path.sends(path.fullSynAck().with(join())).sees(ack(1, 1).with(join()));
        path.sends(ack(1, 1)).seesNothing();
    }

    @ParameterizedTest
    @CsvSource({"CLIENT, endpoints", "CLIENT, kernel", "SERVER, endpoints", "SERVER, kernel"})
    @Rfc({"8684", "3.2"})
    void eachAddressIsConnectedWithEachOfThePeers(Role role, String manager) {
        meshes(role, manager);
        isTold();
        isJoinedFrom(firstToOther, 0);
        isJoinedFrom(secondToOther, 1);
        first.seesNothing();
        assertThat(connection().subflows()).isEqualTo(4);
        assertThat(counter("MptcpPathOpenedFullmesh")).isEqualTo(3);
        int dsn = 11;
        for (Path path : new Path[] {secondToFirst, firstToOther, secondToOther}) {
            path.sends(data(1, 101).with(map(dsn, 1, 100))).sees(ack(1, 101).with(dss().ack(dsn + 100)));
            dsn += 100;
        }
        conn.reads(300);
        isTold();
        firstToOther.seesNothing();
        secondToOther.seesNothing();
    }

    @ParameterizedTest
    @CsvSource({"CLIENT, endpoints", "CLIENT, kernel", "SERVER, endpoints", "SERVER, kernel"})
    void aMeshHasNoMoreSubflowsThanTheLimitAllows(Role role, String manager) {
        meshes(role, manager);
        mayHaveSubflows(2);
        isTold();
        isJoinedFrom(firstToOther, 0);
        secondToOther.seesNothing();
        assertThat(connection().subflows()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"CLIENT, endpoints", "CLIENT, kernel", "SERVER, endpoints", "SERVER, kernel"})
    @Rfc({"8684", "3.4.2"})
    void anEndpointThatGoesTakesItsPartOfTheMeshAlong(Role role, String manager) {
        meshes(role, manager);
        isTold();
        isJoinedFrom(firstToOther, 0);
        isJoinedFrom(secondToOther, 1);
        noEndpoint(1);
        first.sees(ack(1, 11).with(removeAddr(1))).seesNothing();
        assertThat(secondToFirst.pending()).as("its end").isPositive();
        assertThat(secondToOther.pending()).as("its end").isPositive();
        secondToFirst.seesWhatever();
        secondToOther.seesWhatever();
        firstToOther.sends(data(1, 101).with(map(11, 1, 100))).sees(ack(1, 101).with(dss().ack(111)));
        conn.reads(100);
    }
}
