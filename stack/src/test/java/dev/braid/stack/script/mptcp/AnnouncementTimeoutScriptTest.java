package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.syn;
import static dev.braid.stack.script.Seg.synAck;
import static dev.braid.stack.script.mptcp.MpOption.addAddr;
import static dev.braid.stack.script.mptcp.MpOption.capable;
import static dev.braid.stack.script.mptcp.MpOption.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.testing.Rfc;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When an ADD_ADDR that is not echoed is said again, over a path whose retransmission timeout is longer than the tunable. */
class AnnouncementTimeoutScriptTest extends TwoPathScript {
    private static final int SLOW_RTT_MS = 900;
    /** A round trip and four times its variation, which is half of it as long as it was measured but once. */
    private static final int SLOW_RTO_MS = SLOW_RTT_MS + 4 * SLOW_RTT_MS / 2;

    private void isOpenSlowly(Role role) {
        mayHaveSubflows(4);
        if (role == Role.CLIENT) {
            conn = connects(wifi);
            wifi.sees(syn(0).with(capable()));
            after(SLOW_RTT_MS);
            wifi.sends(wifi.fullSynAck().with(capable().key())).sees(ack(1, 1).with(capable().keys()));
            wifi.sends(data(1, 11).with(map(1, 1, 10)));
        } else {
            host.listen();
            wifi.sends(wifi.fullSyn().with(capable())).sees(synAck(0, 1).with(capable().key()));
            after(SLOW_RTT_MS);
            wifi.sends(ack(1, 1).with(capable().keys()));
            conn = accepts();
            wifi.sends(data(1, 11).with(capable().keys().length(10)));
        }
        wifi.sees(ack(1, 11)).seesNothing();
        endpoint(1, SIGNAL);
        isAnnounced();
    }

    private void isAnnounced() {
        wifi.sees(ack(1, 11).with(addAddr(1, hostAddress(1)))).seesNothing();
    }

    private void isAnnouncedAgainAfter(int ms) {
        after(ms - 1);
        wifi.seesNothing();
        after(1);
        isAnnounced();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.4.1"})
    void itIsSaidAgainAfterThePathsRetransmissionTimeoutAndThenTwiceAsLong(Role role) {
        isOpenSlowly(role);
        isAnnouncedAgainAfter(SLOW_RTO_MS);
        isAnnouncedAgainAfter(2 * SLOW_RTO_MS);
        isAnnouncedAgainAfter(4 * SLOW_RTO_MS);
        after(60_000);
        wifi.seesNothing();
    }

    @ParameterizedTest
    @EnumSource
    void theTunableIsTheLongestFirstWait(Role role) {
        core().tunables().set("net.mptcp.add_addr_timeout", "1");
        isOpenSlowly(role);
        isAnnouncedAgainAfter(1_000);
        isAnnouncedAgainAfter(2_000);
        wifi.sends(ack(11, 1).with(addAddr(1, hostAddress(1)).echo()));
        after(60_000);
        wifi.seesNothing();
    }

    @ParameterizedTest
    @EnumSource
    void withoutATimeItIsSaidButOnce(Role role) {
        core().tunables().set("net.mptcp.add_addr_timeout", "0");
        isOpenSlowly(role);
        after(600_000);
        wifi.seesNothing();
        assertThat(counter("MPTcpExtAddAddrTx")).isEqualTo(1);
    }
}
