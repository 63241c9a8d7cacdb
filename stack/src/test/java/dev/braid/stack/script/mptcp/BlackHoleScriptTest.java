package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.syn;
import static dev.braid.stack.script.mptcp.MpOption.capable;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.script.Conn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ways that swallow SYNs with MP_CAPABLE: remembered for one destination and one link, for a time that doubles and fades. */
class BlackHoleScriptTest extends MptcpScript {
    private static final long HOUR_MS = 3_600_000;

    /** The host connects by this path, where only SYNs without the option get through. */
    private void isSwallowed(Path path) {
        isSwallowed(path, 2);
    }

    /** As {@link #isSwallowed(Path)}; so many SYNs with the option are repeated before one goes without. */
    private void isSwallowed(Path path, int repeats) {
        Conn conn = connects(path);
        path.sees(syn(0).with(capable()));
        for (int i = 0; i < repeats; i++) {
            after(1_000 << i);
            path.sees(syn(0).with(capable()));
        }
        after(1_000 << repeats);
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
    void itIsRememberedForAsLongAsTheTunableSays() {
        core().tunables().set("net.mptcp.blackhole_timeout", "60");
        isSwallowed(wifi);
        after(59_000);
        isPlainFromTheFirst(wifi);
        after(1_001);
        asksForMultipath(wifi);
    }

    @Test
    void withoutATimeNothingIsRemembered() {
        core().tunables().set("net.mptcp.blackhole_timeout", "0");
        isSwallowed(wifi);
        asksForMultipath(wifi);
        assertThat(counter("MPTcpExtMPCapableSYNTXDisabled")).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4})
    void asManySynsAreRepeatedAsTheTunableSays(int repeats) {
        core().tunables().set("net.mptcp.syn_retrans_before_tcp_fallback", Integer.toString(repeats));
        isSwallowed(wifi, repeats);
        assertThat(counter("MPTcpExtMPCapableSYNTXDrop")).isEqualTo(1);
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
