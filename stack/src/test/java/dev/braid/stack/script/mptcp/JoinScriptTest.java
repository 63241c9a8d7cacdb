package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.rst;
import static dev.braid.stack.script.Seg.rstAck;
import static dev.braid.stack.script.Seg.syn;
import static dev.braid.stack.script.Seg.synAck;
import static dev.braid.stack.script.mptcp.MpOption.capable;
import static dev.braid.stack.script.mptcp.MpOption.dss;
import static dev.braid.stack.script.mptcp.MpOption.join;
import static dev.braid.stack.script.mptcp.MpOption.map;
import static dev.braid.stack.script.mptcp.MpOption.tcprst;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.Tcp;
import dev.braid.stack.mptcp.MptcpConnection;
import dev.braid.stack.mptcp.MptcpLayer;
import dev.braid.stack.mptcp.path.LocalAddress;
import dev.braid.stack.mptcp.path.PathCommands;
import dev.braid.stack.mptcp.path.PathEvent;
import dev.braid.stack.mptcp.path.PathManager;
import dev.braid.stack.mptcp.path.PathView;
import dev.braid.stack.mptcp.path.SubflowPlan;
import dev.braid.stack.script.Conn;
import dev.braid.stack.script.Seg;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Further subflows: MP_JOIN on both sides (RFC 8684 section 3.2). */
class JoinScriptTest extends MptcpScript {
    private Conn conn;

    /** A connection that the peer opened, with the first ten bytes over it: joins are welcome. */
    private void isOpen() {
        host.listen();
        conn = wifi.opensMultipath();
        wifi.sends(data(1, 11).with(capable().keys().length(10))).sees(ack(1, 11).with(dss().ack(11)));
        conn.reads(10);
    }

    @Test
    @Rfc({"8684", "3.2"})
    void aPeerJoinsWithItsTokenAndBothProve() {
        isOpen();
        far.sends(far.fullSyn().with(join().id(4)));
        far.sees(synAck(0, 1).with(join())).seesNothing();
        far.sends(ack(1, 1).with(join()));
        // The fourth packet: the third has arrived.
        far.sees(ack(1, 1).with(dss())).seesNothing();
        assertThat(counter("MPTcpExtMismatchPortSynRx")).isZero();
        assertThat(counter("MPTcpExtMPJoinSynRx")).isEqualTo(1);
        assertThat(counter("MPTcpExtMPJoinAckRx")).isEqualTo(1);
        host.acceptsNothing();
    }

    /** The peer has heard nothing but the SYN/ACK: it could not take a join, and would refuse it for good. */
    @ParameterizedTest
    @ValueSource(strings = {"endpoints", "kernel"})
    @Rfc({"8684", "3.1"})
    void aServerJoinsOnceAFirstDssCame(String pathManager) {
        core().mptcp().config().pathManagers = pathManager;
        mayHaveSubflows(4);
        endpoint(1, SUBFLOW);
        host.listen();
        conn = wifi.opensMultipath();
        afterWhatever(60_000);
        lte.seesNothing();
        wifi.sends(data(1, 11).with(capable().keys().length(10))).sees(ack(1, 11).with(dss().ack(11)));
        lte.sees(syn(0).with(join()));
        conn.reads(10);
    }

    /** So it is where the server speaks first. */
    @Test
    @Rfc({"8684", "3.1"})
    void aServerJoinsOnceAFirstDataAckCame() {
        mayHaveSubflows(4);
        endpoint(1, SUBFLOW);
        host.listen();
        conn = wifi.opensMultipath();
        conn.write(100);
        wifi.sees(data(1, 101).with(map(1, 1, 100)));
        lte.seesNothing();
        wifi.sends(ack(1, 101).with(dss().ack(101)));
        lte.sees(syn(0).with(join()));
    }

    @Test
    @Rfc({"8684", "3.3"})
    void dataComesByAnyPathAndIsPutInOrder() {
        isOpen();
        far.joins();
        far.sends(data(1, 101).with(map(111, 1, 100))).sees(ack(1, 101).with(dss().ack(11)));
        conn.readsNothing();
        wifi.sends(data(11, 111).with(map(11, 11, 100))).sees(ack(1, 111).with(dss().ack(211)));
        conn.reads(200);
    }

    /** All of the proof's 20 bytes count. */
    @ParameterizedTest
    @ValueSource(ints = {0, 7, 8, 15, 16, 19})
    @Rfc({"8684", "3.2"})
    void whatTheThirdPacketProvesWronglyIsReset(int wrongByte) {
        isOpen();
        far.sends(far.fullSyn().with(join())).sees(synAck(0, 1).with(join()));
        far.sends(ack(1, 1).with(join().wrongHmac(wrongByte)));
        far.sees(rstAck(1, 1).with(tcprst(1)));
        assertThat(counter("MPTcpExtMPJoinAckHMacFailure")).isEqualTo(1);
        isAlive();
    }

    @Test
    @Rfc({"8684", "3.2"})
    void anUnknownTokenIsReset() {
        isOpen();
        far.sends(far.fullSyn().with(join().token(mp.hostToken() + 1)));
        far.sees(rstAck(0, 1).with(tcprst(1)));
        assertThat(counter("MPTcpExtMPJoinNoTokenFound")).isEqualTo(1);
        isAlive();
    }

    @Test
    @Rfc({"8684", "3.2"})
    void aThirdPacketWithoutProofIsReset() {
        isOpen();
        far.sends(far.fullSyn().with(join())).sees(synAck(0, 1).with(join()));
        far.sends(ack(1, 1).bare());
        far.sees(rstAck(1, 1));
        isAlive();
    }

    @Test
    void aJoinMayComeToAPortWhereNobodyListens() {
        isOpen();
        far.hostPort(7_777);
        far.joins();
        far.sends(data(1, 101).with(map(11, 1, 100))).sees(ack(1, 101).with(dss().ack(111)));
        conn.reads(100);
        // Linux refuses it; here it is taken, and counted all the same.
        assertThat(counter("MPTcpExtMismatchPortSynRx")).isEqualTo(1);
        assertThat(counter("MPTcpExtMismatchPortAckRx")).isEqualTo(1);
        assertThat(counter("MPTcpExtMPJoinPortSynRx")).isZero();
    }

    @Test
    void aJoinMayComeToAnyAddressOfTheHost() {
        isOpen();
        Path cross = path("cross", 1, 1, PEER_PORT + 2, 1);
        cross.joins();
        cross.sends(data(1, 101).with(map(11, 1, 100))).sees(ack(1, 101).with(dss().ack(111)));
        conn.reads(100);
    }

    @Test
    void aBackupIsUsedWhenNothingElseIs() {
        isOpen();
        far.sends(far.fullSyn().with(join().backup())).sees(synAck(0, 1).with(join()));
        far.sends(ack(1, 1).with(join())).sees(ack(1, 1));
        conn.write(1_000);
        wifi.sees(data(1, 1_001).with(map(1, 1, 1_000))).sends(ack(11, 1_001));
        far.seesNothing();
        wifi.sends(rst(11)).seesNothing();
        conn.write(500);
        far.sees(data(1, 501).with(map(1_001, 1, 500))).sends(ack(1, 501));
        assertThat(counter("MPTcpExtMPJoinSynBackupRx")).isEqualTo(1);
    }

    @Test
    void aJoinIsRepeatedAndGetsTheSameAnswer() {
        isOpen();
        far.sends(far.fullSyn().with(join())).sees(synAck(0, 1).with(join()));
        far.sends(far.fullSyn().with(join())).sees(synAck(0, 1).with(join()));
        far.sends(ack(1, 1).with(join())).sees(ack(1, 1)).seesNothing();
    }

    @Test
    void dataBeforeTheProofDoesNotCount() {
        isOpen();
        far.sends(far.fullSyn().with(join())).sees(synAck(0, 1).with(join()));
        far.sends(data(1, 101).with(map(11, 1, 100)));
        far.seesWhatever();
        conn.readsNothing();
        isAlive();
    }

    // By cookie, where joins that prove nothing take all the room that limits leave.

    /** As many joins as limits allow, from elsewhere, none of which is ever proved. */
    private Path[] isCrowded() {
        isOpen();
        mayHaveSubflows(2);
        Path[] crowd = {path("one", 1, 1, PEER_PORT + 2, 1), path("two", 1, 1, PEER_PORT + 3, 1)};
        for (Path unproved : crowd) {
            unproved.sends(unproved.fullSyn().with(join())).sees(synAck(0, 1).with(join()));
        }
        return crowd;
    }

    @Test
    @Rfc({"8684", "3.2"})
    void aJoinInACrowdIsAnsweredByCookie() {
        isCrowded();
        far.hostPort(7_777);
        far.sends(far.fullSyn().with(join().backup().id(4))).sees(synAck(0, 1).with(join()));
        assertThat(counter("TcpExtSyncookiesSent")).isEqualTo(1);
        far.sends(ack(1, 1).with(join())).sees(ack(1, 1).with(dss()));
        assertThat(counter("TcpExtSyncookiesRecv")).isEqualTo(1);
        assertThat(counter("MPTcpExtMPJoinAckRx")).isEqualTo(1);
        assertThat(counter("MPTcpExtMPJoinRejected")).isZero();
        far.sends(data(1, 101).with(map(11, 1, 100))).sees(ack(1, 101).with(dss().ack(111)));
        conn.reads(100).write(10);
        wifi.sees(data(1, 11).with(map(1, 1, 10))).sends(ack(11, 11));
        far.seesNothing();
    }

    @Test
    void aJoinThatIsRepeatedGetsTheSameCookie() {
        isCrowded();
        far.sends(far.fullSyn().with(join())).sees(synAck(0, 1).with(join()));
        far.sends(far.fullSyn().with(join())).sees(synAck(0, 1).with(join()));
        far.sends(ack(1, 1).with(join())).sees(ack(1, 1));
    }

    @Test
    @Rfc({"8684", "3.2"})
    void aCookieProvedWronglyIsReset() {
        isCrowded();
        far.sends(far.fullSyn().with(join())).sees(synAck(0, 1).with(join()));
        far.sends(ack(1, 1).with(join().wrongHmac())).sees(rstAck(1, 1).with(tcprst(1)));
        assertThat(counter("MPTcpExtMPJoinAckHMacFailure")).isEqualTo(1);
        isAlive();
    }

    @Test
    void limitsHoldForWhatIsProvedInTheEnd() {
        Path[] crowd = isCrowded();
        far.joins();
        crowd[0].sends(ack(1, 1).with(join())).sees(ack(1, 1));
        crowd[1].sends(ack(1, 1).with(join())).sees(rstAck(1, 1).with(tcprst(3)));
        assertThat(counter("MPTcpExtMPJoinRejected")).isEqualTo(1);
        Path late = path("late", 1, 1, PEER_PORT + 4, 1);
        late.sends(late.fullSyn().with(join())).sees(rstAck(0, 1).with(tcprst(3)));
        assertThat(counter("MPTcpExtMPJoinRejected")).isEqualTo(2);
        wifi.sends(data(11, 21).with(map(11, 11, 10))).sees(ack(1, 21).with(dss().ack(21)));
        conn.reads(10);
    }

    @Test
    void aCookieOfAConnectionThatIsOverIsReset() {
        Path[] crowd = isCrowded();
        far.sends(far.fullSyn().with(join())).sees(synAck(0, 1).with(join()));
        conn.abort();
        wifi.seesWhatever();
        for (Path unproved : crowd) {
            unproved.seesWhatever();
        }
        // The second is the peer's repetition: nothing is kept of the join any more, and yet nobody may take it for a new connection.
        for (int i = 0; i < 2; i++) {
            far.sends(ack(1, 1).with(join()));
            assertThat(far.next().hasFlags(Tcp.RST)).isTrue();
            far.seesNothing();
        }
        far.sends(ack(1, 1).with(dss()));
        assertThat(far.next().hasFlags(Tcp.RST)).as("what is left over from the subflow is reset, too").isTrue();
        host.acceptsNothing();
    }

    // The host joins.

    /** A connection that the host opened, confirmed by the peer. */
    private void isConnected() {
        conn = wifi.isConnectedToMultipath();
        wifi.sends(data(1, 11).with(map(1, 1, 10))).sees(ack(1, 11).with(dss().ack(11)));
        conn.reads(10);
        mayHaveSubflows(4);
    }

    @Test
    @Rfc({"8684", "3.2"})
    void theHostJoinsFromItsOtherAddress() {
        isConnected();
        endpoint(1, SUBFLOW);
        lte.sees(syn(0).with(join().notBackup())).seesNothing();
        lte.sends(lte.fullSynAck().with(join()));
        lte.sees(ack(1, 1).with(join())).seesNothing();
        assertThat(counter("MPTcpExtMPJoinSynTx")).isEqualTo(1);
        assertThat(counter("MPTcpExtMPJoinSynAckRx")).isEqualTo(1);
    }

    @Test
    @Rfc({"8684", "3.2"})
    void theProofIsRepeatedUntilItIsAnswered() {
        isConnected();
        endpoint(1, SUBFLOW);
        lte.sees(syn(0).with(join())).sends(lte.fullSynAck().with(join())).sees(ack(1, 1).with(join()));
        conn.write(100);
        // No data before the fourth packet: the first subflow takes it.
        wifi.sees(data(1, 101)).sends(ack(11, 101));
        lte.seesNothing();
        afterWhatever(1_500);
        Seg again = lte.next();
        assertThat(again.extras()).anyMatch(option -> option.name().equals(MpOption.MP_JOIN));
        lte.seesWhatever();
        lte.sends(ack(1, 1));
        conn.write(60_000);
        wifi.seesWhatever();
        assertThat(lte.pending()).as("segments with data by the joined path").isPositive();
        lte.seesWhatever();
    }

    /** Whoever joins has to prove that before anything else is heard: a DATA_FIN in the proof's place would end the path. */
    @Test
    @Rfc({"8684", "3.2"})
    void theProofIsRepeatedThoughTheStreamEnds() {
        isConnected();
        endpoint(1, SUBFLOW);
        lte.sees(syn(0).with(join())).sends(lte.fullSynAck().with(join())).sees(ack(1, 1).with(join()));
        conn.finish();
        wifi.seesWhatever();
        afterWhatever(1_500);
        assertThat(lte.next().extras()).anyMatch(option -> option.name().equals(MpOption.MP_JOIN));
        lte.seesWhatever();
        wifi.seesWhatever();
    }

    @Test
    @Rfc({"8684", "3.2"})
    void aWrongAnswerToAJoinIsReset() {
        isConnected();
        endpoint(1, SUBFLOW);
        lte.sees(syn(0).with(join())).sends(lte.fullSynAck().with(join().wrongHmac()));
        lte.sees(rstAck(1, 1).with(tcprst(1)));
        assertThat(counter("MPTcpExtMPJoinSynAckHMacFailure")).isEqualTo(1);
        isAliveAsClient();
    }

    @Test
    @Rfc({"8684", "3.2"})
    void anAnswerWithoutMptcpIsReset() {
        isConnected();
        endpoint(1, SUBFLOW);
        lte.sees(syn(0).with(join())).sends(lte.fullSynAck());
        lte.sees(rstAck(1, 1));
        isAliveAsClient();
    }

    /** Flag B of the SYN/ACK: the peer wants nothing by this path while there is another. */
    @Test
    @Rfc({"8684", "3.2"})
    void aJoinIsABackupWhenThePeerWantsIt() {
        isConnected();
        endpoint(1, SUBFLOW);
        lte.sees(syn(0).with(join().notBackup())).sends(lte.fullSynAck().with(join().backup()));
        lte.sees(ack(1, 1).with(join())).sends(ack(1, 1)).seesNothing();
        assertThat(counter("MPTcpExtMPJoinSynAckBackupRx")).isEqualTo(1);
        conn.write(60_000);
        wifi.seesWhatever();
        lte.seesNothing();
        wifi.sends(rst(11));
        assertThat(lte.pending()).as("segments by the backup when nothing else is left").isPositive();
        lte.seesWhatever();
    }

    /** The only port there is belongs to another connection of this address; the path is opened when that one is gone. */
    @Test
    void aJoinForWhichNoPortIsFreeIsCountedAndTriedAgain() {
        isConnected();
        Path other = path("other", 1, 0, PEER_PORT + 5, 0).of(new MpPeer());
        Conn taker = connects(other);
        other.sees(syn(0));
        core().tunables().set("net.ipv4.ip_local_port_range", hostPort() + " " + hostPort());
        endpoint(1, SUBFLOW);
        lte.seesNothing();
        assertThat(counter("MPTcpExtMPJoinSynTxBindErr")).isEqualTo(1);
        assertThat(counter("MPTcpExtMPJoinSynTx")).isZero();
        taker.abort();
        other.seesWhatever();
        afterWhatever(200);
        lte.sees(syn(0).with(join())).seesNothing();
        assertThat(lte.hostPort()).isEqualTo(hostPort());
        assertThat(counter("MPTcpExtMPJoinSynTx")).isEqualTo(1);
        assertThat(counter("MPTcpExtMPJoinSynTxConnectErr")).isZero();
        isAliveAsClient();
    }

    /** A path manager names an address that no link has. */
    @Test
    void aJoinForWhichThereIsNoLinkIsCounted() {
        isConnected();
        LocalAddress nowhere = new LocalAddress(address(NICS, variant().host), -1);
        int[] opened = {0};
        PathManager opener = new PathManager() {
            @Override
            public String name() {
                return "opener";
            }

            @Override
            public void onEvent(PathEvent event, PathView view, PathCommands commands, long nowNs) {
                if (event instanceof PathEvent.Attached) {
                    opened[0] = commands.open(new SubflowPlan(nowhere, 0, 9, peerAddress(0), PEER_PORT, 0, false));
                }
            }
        };
        MptcpLayer layer = core().mptcp();
        layer.pathManagers(layer.pathManagers().with("opener", () -> opener));
        ((MptcpConnection) conn.socket().connection()).pathManagers("opener");
        flushed();
        assertThat(opened[0]).as("the number of a subflow").isEqualTo(-1);
        assertThat(counter("MPTcpExtMPJoinSynTxConnectErr")).isEqualTo(1);
        assertThat(counter("MPTcpExtMPJoinSynTxBindErr")).isZero();
        assertThat(counter("MPTcpExtMPJoinSynTx")).isZero();
        isAliveAsClient();
    }

    @Test
    void aJoinIsABackupWhenItsEndpointIs() {
        isConnected();
        endpoint(1, SUBFLOW | BACKUP);
        lte.sees(syn(0).with(join().backup()));
    }

    private void isAlive() {
        wifi.sends(data(11, 21).with(map(11, 11, 10))).sees(ack(1, 21).with(dss().ack(21)));
        conn.reads(10).write(10);
        wifi.sees(data(1, 11).with(map(1, 1, 10))).sends(ack(21, 11));
    }

    private void isAliveAsClient() {
        wifi.sends(data(11, 21).with(map(11, 11, 10))).sees(ack(1, 21).with(dss().ack(21)));
        conn.reads(10).write(10);
        wifi.sees(data(1, 11).with(map(1, 1, 10))).sends(ack(21, 11));
    }
}
