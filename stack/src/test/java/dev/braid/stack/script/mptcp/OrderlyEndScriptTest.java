package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.fin;
import static dev.braid.stack.script.mptcp.MpOption.dataFin;
import static dev.braid.stack.script.mptcp.MpOption.dss;
import static dev.braid.stack.script.mptcp.MpOption.map;

import dev.braid.testing.Rfc;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A peer that says DATA_FIN and FIN in one segment: "it is only permissible to combine these signals on one subflow if there is no data
 * outstanding on other subflows" (RFC 8684 section 3.3.3). What this end has still to say goes over what is left.
 */
class OrderlyEndScriptTest extends TwoPathScript {
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.3"})
    void theLastPathIsKeptForTheAnswer(Role role) {
        isOpen(role);
        first.sends(fin(11, 1).with(dataFin(11))).sees(ack(1, 12).with(dss().ack(12))).seesNothing();
        conn.readsEnd().write(100);
        first.sees(data(1, 101).with(map(1, 1, 100))).sends(ack(12, 101).with(dss().ack(101)));
        conn.finish();
        endsItself(101);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.3"})
    void theLastPathIsKeptForTheEnd(Role role) {
        isOpen(role);
        first.sends(fin(11, 1).with(dataFin(11))).sees(ack(1, 12).with(dss().ack(12))).seesNothing();
        conn.readsEnd().close();
        endsItself(1);
    }

    private void endsItself(int seq) {
        first.sees(ack(seq, 12).with(dataFin(seq))).sends(ack(12, seq).with(dss().ack(seq + 1)));
        first.sees(fin(seq, 12)).sends(ack(13, seq + 1)).seesNothing();
    }

    /** One that ends while another is there is let go as ever. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.3"})
    void aPathThatIsNotTheLastIsEnded(Role role) {
        hasTwoPaths(role);
        first.sends(fin(11, 1).with(dataFin(11))).sees(fin(1, 12).with(dss().ack(12))).sends(ack(12, 2));
        conn.readsEnd().write(100);
        second.sees(data(1, 101).with(map(1, 1, 100))).sends(ack(1, 101).with(dss().ack(101)));
    }
}
