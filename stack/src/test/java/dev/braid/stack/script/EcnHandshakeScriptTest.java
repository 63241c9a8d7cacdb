package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.syn;
import static dev.braid.stack.script.Seg.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.testing.Rfc;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who asks for ECN, who agrees to it, and what a refusal looks like (RFC 3168 section 6.1.1). */
class EcnHandshakeScriptTest extends Script {
    private static final int ECT_0 = 2;

    @BeforeEach
    void ecnIsAskedFor() {
        tunable("net.ipv4.tcp_ecn", "1");
    }

    private void tunable(String name, String value) {
        core().tunables().set(name, value);
    }

    private void sendsCapable(Conn conn, boolean capable) {
        conn.write(1_000);
        peer.sees(data(1, 1_001).ecn(capable ? ECT_0 : 0)).sends(ack(1, 1_001));
        assertThat(conn.tcb().info(nowNs()).ecn).isEqualTo(capable);
    }

    @Test
    @Rfc({"3168", "6.1.1"})
    void aSynAsksWithBothFlagsAndIsNotMarkedItself() {
        Conn conn = host.connect(peer);
        peer.sees(syn(0).ece().cwr().ecn(0)).sends(synAck(0, 1).mss(1_000).ece()).sees(ack(1, 1).ecn(0));
        sendsCapable(conn, true);
    }

    @Test
    @Rfc({"3168", "6.1.1"})
    void anAnswerWithoutEceIsARefusal() {
        Conn conn = host.connect(peer);
        peer.sees(syn(0).ece().cwr()).sends(synAck(0, 1).mss(1_000)).sees(ack(1, 1));
        sendsCapable(conn, false);
    }

    @Test
    @Rfc({"3168", "6.1.1.2"})
    void anAnswerThatReflectsBothFlagsIsARefusal() {
        Conn conn = host.connect(peer);
        peer.sees(syn(0).ece().cwr()).sends(synAck(0, 1).mss(1_000).ece().cwr()).sees(ack(1, 1));
        sendsCapable(conn, false);
    }

    @Test
    void anAnswerToWhatWasNotAskedMeansNothing() {
        tunable("net.ipv4.tcp_ecn", "2");
        Conn conn = host.connect(peer);
        peer.sees(syn(0)).sends(synAck(0, 1).mss(1_000).ece()).sees(ack(1, 1));
        sendsCapable(conn, false);
    }

    @Test
    void aRequestIsGrantedThoughThisEndWouldNotAsk() {
        tunable("net.ipv4.tcp_ecn", "2");
        host.listen();
        peer.sends(syn(0).mss(1_000).ece().cwr()).sees(synAck(0, 1).ece().ecn(0)).sends(ack(1, 1));
        sendsCapable(host.accept(), true);
    }

    @Test
    void whoeverNeverWantsEcnDoesNotGrantIt() {
        tunable("net.ipv4.tcp_ecn", "0");
        host.listen();
        peer.sends(syn(0).mss(1_000).ece().cwr()).sees(synAck(0, 1)).sends(ack(1, 1));
        sendsCapable(host.accept(), false);
    }

    @Test
    void whoeverDoesNotWantToAskDoesNot() {
        tunable("net.ipv4.tcp_ecn", "0");
        Conn conn = host.connect(peer);
        peer.sees(syn(0)).sends(synAck(0, 1).mss(1_000)).sees(ack(1, 1));
        sendsCapable(conn, false);
    }

    @Test
    @Rfc({"3168", "6.1.1"})
    void oneFlagAloneIsNoRequest() {
        host.listen();
        peer.sends(syn(0).mss(1_000).ece()).sees(synAck(0, 1)).sends(ack(1, 1));
        sendsCapable(host.accept(), false);
        Peer other = peer(49_501);
        other.sends(syn(0).mss(1_000).cwr()).sees(synAck(0, 1)).sends(ack(1, 1));
        host.accept();
    }

    @Test
    void aRequestInAMarkedPacketIsNotGranted() {
        host.listen();
        peer.sends(syn(0).mss(1_000).ece().cwr().ecn(ECT_0)).sees(synAck(0, 1)).sends(ack(1, 1));
        sendsCapable(host.accept(), false);
    }

    @Test
    @Rfc({"3168", "6.1.1.1"})
    void aSynThatIsSentAgainAsksNoMore() {
        Conn conn = host.connect(peer);
        peer.sees(syn(0).ece().cwr());
        after(1_000);
        peer.sees(syn(0)).sends(synAck(0, 1).mss(1_000)).sees(ack(1, 1));
        sendsCapable(conn, false);
    }

    @Test
    void withoutFallbackEverySynAsks() {
        tunable("net.ipv4.tcp_ecn_fallback", "0");
        Conn conn = host.connect(peer);
        peer.sees(syn(0).ece().cwr());
        after(1_000);
        peer.sees(syn(0).ece().cwr()).sends(synAck(0, 1).mss(1_000).ece()).sees(ack(1, 1));
        sendsCapable(conn, true);
    }

    @Test
    @Rfc({"3168", "6.1.1"})
    void whoeverSentASynWithoutEcnDoesNotMarkButAnswersMarks() {
        Conn conn = host.connect(peer);
        peer.sees(syn(0).ece().cwr());
        after(1_000);
        // The answer to the first SYN was only late.
        peer.sees(syn(0)).sends(synAck(0, 1).mss(1_000).ece()).sees(ack(1, 1));
        conn.write(1_000);
        peer.sees(data(1, 1_001).ecn(0)).sends(ack(1, 1_001));
        peer.sends(data(1, 1_001).ecn(3)).sees(ack(1_001, 1_001).ece());
        conn.reads(1_000);
    }

    @Test
    @Rfc({"3168", "6.1.1"})
    void whoeverReceivedASynWithoutEcnDoesNotMarkButAnswersMarks() {
        host.listen();
        peer.sends(syn(0).mss(1_000).ece().cwr()).sees(synAck(0, 1).ece());
        peer.sends(syn(0).mss(1_000)).sees(synAck(0, 1).ece()).sends(ack(1, 1));
        Conn conn = host.accept();
        conn.write(1_000);
        peer.sees(data(1, 1_001).ecn(0)).sends(ack(1, 1_001));
        peer.sends(data(1, 1_001).ecn(3)).sees(ack(1_001, 1_001).ece());
        conn.reads(1_000);
    }

    @Test
    void synsThatCrossAgreeWhenBothAsk() {
        Conn conn = host.connect(peer);
        peer.sees(syn(0).ece().cwr()).sends(syn(0).mss(1_000).ece().cwr()).sees(synAck(0, 1).ece());
        peer.sends(synAck(0, 1).mss(1_000).ece()).sees(ack(1, 1));
        sendsCapable(conn, true);
    }

    @Test
    void aCookieRemembersTheRequest() {
        tunable("net.ipv4.tcp_max_syn_backlog", "0");
        host.listen();
        peer.sends(peer.fullSyn().ece().cwr()).sees(synAck(0, 1).ece().ts()).sends(ack(1, 1));
        Conn conn = host.accept();
        assertThat(counter("TcpExtSyncookiesRecv")).isEqualTo(1);
        sendsCapable(conn, true);
    }

    @Test
    void aCookieWithoutRoomForTheRequestRefusesIt() {
        tunable("net.ipv4.tcp_max_syn_backlog", "0");
        host.listen();
        peer.sends(syn(0).mss(1_300).ece().cwr()).sees(synAck(0, 1)).sends(ack(1, 1));
        sendsCapable(host.accept(), false);
    }

    @Test
    void aCookieOfASynWithoutRequestAgreesToNothing() {
        tunable("net.ipv4.tcp_max_syn_backlog", "0");
        host.listen();
        peer.sends(peer.fullSyn()).sees(synAck(0, 1).ts()).sends(ack(1, 1));
        sendsCapable(host.accept(), false);
    }
}
