package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.synAck;
import static dev.braid.stack.script.mptcp.MpOption.capable;
import static dev.braid.stack.script.mptcp.MpOption.dss;
import static dev.braid.stack.script.mptcp.MpOption.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.script.Conn;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A listener that keeps nothing of a SYN: keys that can be verified when they come back (RFC 8684 section 3.1). */
class CookieScriptTest extends MptcpScript {
    @BeforeEach
    void hasNoRoomForHalfOpenConnections() {
        core().tunables().set("net.ipv4.tcp_max_syn_backlog", "0");
        host.listen();
    }

    /** The host answers this path's SYN with a cookie and a key. */
    private Path isAnswered(Path path) {
        path.sends(path.fullSyn().with(capable())).sees(synAck(0, 1).with(capable().key()));
        host.acceptsNothing();
        return path;
    }

    private void goesOn(Conn conn, int next) {
        wifi.sends(data(next, next + 100).with(map(next, next, 100))).sees(ack(1, next + 100).with(dss()));
        conn.reads(100).write(50);
        wifi.sees(data(1, 51).with(map(1, 1, 50))).sends(ack(next + 100, 51).with(dss().ack(51)));
        assertThat(conn.socket().connection().sendQueued()).isZero();
    }

    /** The host kept nothing of the SYN: there is no connection that could tell of a fallback. */
    private void isPlain(Conn conn, int keysNotBelieved) {
        mp.fellBack();
        neverWasMultipath(conn);
        assertThat(counter("MPTcpExtMPCapableFallbackACK")).isEqualTo(keysNotBelieved);
        conn.write(100);
        wifi.sees(data(1, 101).lacks(MpOption.ALL)).sends(ack(1, 101).bare());
        wifi.sends(data(1, 201).bare()).sees(ack(101, 201).lacks(MpOption.ALL));
        conn.reads(200);
    }

    @Test
    @Rfc({"8684", "3.1"})
    void theThirdPacketBringsTheKeyBackAndMakesTheConnection() {
        isAnswered(wifi);
        wifi.sends(ack(1, 1).with(capable().keys())).seesNothing();
        goesOn(host.accept(), 1);
        assertThat(counter("TcpExtSyncookiesRecv")).isEqualTo(1);
        assertThat(counter("MPTcpExtMPCapableSYNRX")).isEqualTo(1);
        assertThat(counter("MPTcpExtMPCapableACKRX")).isEqualTo(1);
    }

    @Test
    @Rfc({"8684", "3.1"})
    void theThirdPacketMayBringDataWithTheKeys() {
        isAnswered(wifi);
        wifi.sends(data(1, 101).with(capable().keys().length(100))).sees(ack(1, 101).with(dss().ack(101)));
        Conn conn = host.accept().reads(100);
        goesOn(conn, 101);
    }

    @Test
    @Rfc({"8684", "3.1"})
    void checksumsAreRememberedByThePeer() {
        mp.demandsChecksums();
        isAnswered(wifi);
        wifi.sends(ack(1, 1).with(capable().keys())).seesNothing();
        goesOn(host.accept(), 1);
    }

    @Test
    void aConnectionOfACookieIsJoinedAsAnyOther() {
        isAnswered(wifi);
        wifi.sends(data(1, 101).with(capable().keys().length(100))).sees(ack(1, 101));
        Conn conn = host.accept().reads(100);
        core().tunables().set("net.ipv4.tcp_max_syn_backlog", "16");
        far.joins();
        far.sends(data(1, 101).with(map(101, 1, 100))).sees(ack(1, 101).with(dss().ack(201)));
        conn.reads(100);
    }

    @Test
    @Rfc({"8684", "3.1"})
    void aThirdPacketWithoutKeysMakesItPlain() {
        isAnswered(wifi);
        wifi.sends(ack(1, 1).bare()).seesNothing();
        isPlain(host.accept(), 0);
    }

    /** Whoever could choose the host's key would choose its token: Linux believes what comes back. */
    @Test
    void aKeyThatTheHostDidNotMakeIsNotBelieved() {
        isAnswered(wifi);
        wifi.sends(ack(1, 1).with(capable().keys(mp.key(), mp.hostKey() ^ 1))).seesNothing();
        isPlain(host.accept(), 1);
    }

    @Test
    void theKeyOfAnotherConnectionsCookieIsNotBelieved() {
        MpPeer another = new MpPeer();
        isAnswered(path("another", 0, 0, PEER_PORT + 3, 0).of(another));
        isAnswered(wifi);
        assertThat(another.hostKey()).isNotEqualTo(mp.hostKey());
        wifi.sends(ack(1, 1).with(capable().keys(mp.key(), another.hostKey()))).seesNothing();
        isPlain(host.accept(), 1);
    }

    @Test
    void aThirdPacketThatComesAgainMakesNoSecondConnection() {
        isAnswered(wifi);
        wifi.sends(ack(1, 1).with(capable().keys())).seesNothing();
        Conn conn = host.accept();
        wifi.sends(ack(1, 1).with(capable().keys()));
        host.acceptsNothing();
        wifi.seesNothing();
        goesOn(conn, 1);
        assertThat(counter("MPTcpExtMPCurrEstab")).isEqualTo(1);
    }
}
