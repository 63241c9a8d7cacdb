package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.syn;
import static dev.braid.stack.script.mptcp.MpOption.capable;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.script.Conn;
import org.junit.jupiter.api.Test;

/** Ways that swallow SYNs with MP_CAPABLE: remembered for one destination and one link, for a time that doubles and fades. */
class BlackHoleScriptTest extends MptcpScript {
    private static final long HOUR_MS = 3_600_000;

    /** The host connects by this path, where only SYNs without the option get through. */
    private void isSwallowed(Path path) {
        Conn conn = connects(path);
        path.sees(syn(0).with(capable()));
        for (int waited = 1_000; waited <= 2_000; waited *= 2) {
            after(waited);
            path.sees(syn(0).with(capable()));
        }
        after(4_000);
        path.sees(syn(0).lacks(MpOption.ALL)).sends(path.fullSynAck()).sees(ack(1, 1).lacks(MpOption.ALL));
        ends(conn, path);
    }

    private void isPlainFromTheFirst(Path path) {
        Conn conn = connects(path);
        path.sees(syn(0).lacks(MpOption.ALL)).sends(path.fullSynAck()).sees(ack(1, 1).lacks(MpOption.ALL));
        assertThat(conn.socket().facts().fallbackReason()).isEqualTo("BLACK_HOLE");
        ends(conn, path);
    }

    private void asksForMultipath(Path path) {
        Conn conn = connects(path);
        path.sees(syn(0).with(capable()));
        ends(conn, path);
    }

    private static void ends(Conn conn, Path path) {
        conn.abort();
        path.seesWhatever().anew();
    }

    @Test
    void theNextConnectionDoesNotTry() {
        isSwallowed(wifi);
        assertThat(counter("MPTcpExtBlackhole")).isEqualTo(1);
        isPlainFromTheFirst(wifi);
        isPlainFromTheFirst(path("another port", 0, 0, PEER_PORT + 7, 0));
        assertThat(counter("MPTcpExtMPCapableSYNTXDisabled")).isEqualTo(2);
    }

    @Test
    void anotherDestinationIsNotMeant() {
        isSwallowed(wifi);
        asksForMultipath(path("another address", 0, 1, PEER_PORT, 0));
    }

    @Test
    void anotherLinkToTheSameDestinationIsNotMeant() {
        isSwallowed(wifi);
        asksForMultipath(path("another link", 1, 0, PEER_PORT, 0));
    }

    @Test
    void anHourLaterItIsTriedAgain() {
        isSwallowed(wifi);
        after(HOUR_MS - 1_000);
        isPlainFromTheFirst(wifi);
        after(1_001);
        asksForMultipath(wifi);
    }

    @Test
    void afterASecondProofItIsTwoHours() {
        isSwallowed(wifi);
        after(HOUR_MS);
        isSwallowed(wifi);
        after(2 * HOUR_MS - 1_000);
        isPlainFromTheFirst(wifi);
        after(1_001);
        asksForMultipath(wifi);
    }

    @Test
    void anAnswerForgetsIt() {
        isSwallowed(wifi);
        after(HOUR_MS);
        Conn conn = connects(wifi);
        wifi.sees(syn(0).with(capable())).sends(wifi.fullSynAck().with(capable().key()));
        wifi.sees(ack(1, 1).with(capable().keys()));
        conn.abort();
        wifi.seesWhatever().anew();
        mp = new MpPeer();
        isSwallowed(wifi);
        after(HOUR_MS);
        asksForMultipath(wifi);
    }
}
