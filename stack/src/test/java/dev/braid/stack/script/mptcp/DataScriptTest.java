package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.fin;
import static dev.braid.stack.script.Seg.rstAck;
import static dev.braid.stack.script.mptcp.MpOption.capable;
import static dev.braid.stack.script.mptcp.MpOption.dataFin;
import static dev.braid.stack.script.mptcp.MpOption.dss;
import static dev.braid.stack.script.mptcp.MpOption.map;
import static dev.braid.stack.script.mptcp.MpOption.prio;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.script.Conn;
import dev.braid.stack.script.Seg;
import dev.braid.stack.socket.Errno;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The data sequence space over one and two subflows: mappings, DATA_ACK, DATA_FIN (RFC 8684 section 3.3). */
class DataScriptTest extends MptcpScript {
    private Conn conn;

    private void isOpen() {
        host.listen();
        conn = wifi.opensMultipath();
        wifi.sends(data(1, 11).with(capable().keys().length(10))).sees(ack(1, 11).with(dss().ack(11)));
        conn.reads(10);
    }

    private void hasTwoPaths() {
        isOpen();
        far.joins();
    }

    @Test
    @Rfc({"8684", "3.3.1"})
    void oneMappingCoversManySegments() {
        isOpen();
        wifi.sends(data(11, 1_011).with(map(11, 11, 3_000))).sees(ack(1, 1_011).with(dss().ack(1_011)));
        wifi.sends(data(1_011, 2_011)).sees(ack(1, 2_011).with(dss().ack(2_011)));
        wifi.sends(data(2_011, 3_011)).sees(ack(1, 3_011).with(dss().ack(3_011)));
        conn.reads(3_000);
    }

    @Test
    @Rfc({"8684", "3.3.1"})
    void numbersMayHaveFourBytes() {
        isOpen();
        wifi.sends(data(11, 111).with(map(11, 11, 100).dsnBytes(4).ackBytes(4)));
        wifi.sees(ack(1, 111).with(dss().ack(111)));
        conn.reads(100).write(100);
        wifi.sees(data(1, 101)).sends(ack(111, 101).with(dss().ackBytes(4)));
        assertThat(conn.socket().connection().sendQueued()).isZero();
    }

    @Test
    @Rfc({"8684", "3.3.2"})
    void eightByteNumbersAreAcknowledgedInEightBytes() {
        isOpen();
        wifi.sends(data(11, 111).with(map(11, 11, 100).dsnBytes(8)));
        wifi.sees(ack(1, 111).with(dss().ack(111).ackBytes(8)));
    }

    @Test
    @Rfc({"8684", "3.3.2"})
    void aDataAckNeedNotComeWithEverySegment() {
        isOpen();
        conn.write(10);
        wifi.sees(data(1, 11)).sends(ack(11, 11).with(dss().ack(11)));
        conn.write(90);
        wifi.sees(data(11, 101)).sends(ack(11, 101).bare());
        assertThat(conn.socket().connection().sendQueued()).isEqualTo(90);
        wifi.sends(ack(11, 101).with(dss().ack(101)));
        assertThat(conn.socket().connection().sendQueued()).isZero();
    }

    @Test
    @Rfc({"8684", "3.3.6"})
    void aRetransmissionCarriesTheSameMapping() {
        isOpen();
        conn.write(1_000);
        wifi.sees(data(1, 1_001).with(map(1, 1, 1_000)));
        afterWhatever(1_200);
        // What a mapping maps is compared with what it mapped before.
        Seg again = wifi.next();
        assertThat(again.from()).isEqualTo(1);
        wifi.seesWhatever();
        wifi.sends(ack(11, 1_001));
    }

    @Test
    @Rfc({"8684", "3.3.2"})
    void whatTheSubflowAcknowledgedButTheDataLevelDidNotIsSentAgain() {
        hasTwoPaths();
        conn.write(1_000);
        Path took = wifi.pending() > 0 ? wifi : far;
        Path other = took == wifi ? far : wifi;
        took.sees(data(1, 1_001).with(map(1, 1, 1_000)));
        // A box in the middle acknowledged what the peer never got.
        int next = took == wifi ? 11 : 1;
        took.sends(ack(next, 1_001).with(dss().ack(1)));
        afterWhatever(3_000);
        boolean again = false;
        for (Path path : new Path[] {took, other}) {
            while (path.pending() > 0) {
                again |= path.next().extras().stream().anyMatch(map(1, path == took ? 1_001 : 1, 1_000)::matches);
            }
        }
        assertThat(again).as("sent again at the data level, among probes and TCP's own").isTrue();
        took.seesWhatever();
        other.seesWhatever();
        assertThat(counter("MPTcpExtMPTCPRetrans")).isPositive();
    }

    /** Whatever took its mapping would do so again, however fast the path is that the scheduler prefers. */
    @Test
    @Rfc({"8684", "3.3.6"})
    void whatOnePathBroughtInVainGoesByAnother() {
        hasTwoPaths();
        conn.write(1_000);
        Path took = wifi.pending() > 0 ? wifi : far;
        Path other = took == wifi ? far : wifi;
        took.sees(data(1, 1_001).with(map(1, 1, 1_000)));
        took.sends(ack(took == wifi ? 11 : 1, 1_001).with(dss().ack(1)));
        for (int i = 0; i < 300 && took.pending() == 0 && other.pending() == 0; i++) {
            afterWhatever(10);
        }
        took.seesNothing();
        other.sees(data(1, 1_001).with(map(1, 1, 1_000)));
        other.sends(ack(other == wifi ? 11 : 1, 1_001).with(dss().ack(1_001)));
        assertThat(conn.socket().connection().sendQueued()).isZero();
    }

    /** One path is silent, the other one brought its part in vain: what the answer to one repair shows to be missing goes at once. */
    @Test
    @Rfc({"8684", "3.3.6"})
    void afterATimeoutEachHoleIsMendedAsSoonAsItShows() {
        core().tunables().set("net.braid.mptcp_liveness", "0"); // which would notice the silence first
        hasTwoPaths();
        conn.options(options -> options.tcp.noDelay = true);
        far.sends(ack(1, 1).with(dss().ack(1), prio(true)));
        conn.write(1_000);
        wifi.sees(data(1, 1_001).with(map(1, 1, 1_000)));
        wifi.sends(ack(11, 1).with(dss().ack(1), prio(true)));
        far.sends(ack(1, 1).with(dss().ack(1), prio(false)));
        conn.write(1_000);
        far.sees(data(1, 1_001).with(map(1_001, 1, 1_000))).sends(ack(1, 1_001).with(dss().ack(1)));
        long reached = 1;
        for (int i = 0; i < 20 && reached == 1; i++) {
            afterWhatever(50);
            wifi.seesWhatever();
            reached = hears(1, 1_001, far);
        }
        assertThat(reached).as("mended by the timeout").isEqualTo(1_001);
        assertThat(hears(1_001, 2_001, wifi, far)).as("mended at once").isEqualTo(2_001);
        discardAll();
    }

    @Test
    @Rfc({"8684", "3.3"})
    void aPeerThatNeverAcknowledgesDataIsGivenUp() {
        core().tunables().set("net.ipv4.tcp_retries2", "3");
        isOpen();
        conn.write(1_000);
        int error = 0;
        for (int i = 0; i < 100 && error == 0; i++) {
            hears(1, 1, wifi, far);
            afterWhatever(100);
            error = conn.socket().error();
        }
        assertThat(error).isEqualTo(Errno.ETIMEDOUT);
        discardAll();
    }

    /**
     * The peer acknowledges every segment on these paths, and {@code dataAck} at the data level if what it needs next comes.
     *
     * @param wants the data sequence number it needs next
     * @return how far its stream reaches then
     */
    private long hears(long wants, long dataAck, Path... paths) {
        long reached = wants;
        for (Path path : paths) {
            int last = 0;
            while (path.pending() > 0) {
                Seg segment = path.next();
                last = Math.max(last, segment.to());
                for (var option : segment.extras()) {
                    reached = mp.contiguous(reached, option);
                }
            }
            if (last > 0) {
                path.sends(ack(path == wifi ? 11 : 1, last).with(dss().ack(reached > wants ? dataAck : wants)));
            }
        }
        return reached;
    }

    /** It waited for another path than the one that had carried it; now that one is the last, and has brought it in vain. */
    @Test
    @Rfc({"8684", "3.3.6"})
    void whatNoOtherPathTookGoesAgainByTheLastOne() {
        hasTwoPaths();
        far.sends(ack(1, 1).win(0)).seesNothing();
        conn.write(1_000);
        wifi.sees(data(1, 1_001).with(map(1, 1, 1_000)));
        afterWhatever(3_000);
        wifi.seesWhatever();
        far.seesWhatever();
        far.sends(rstAck(1, 1)).seesNothing();
        // The peer had no room for it behind a hole that another path has filled since.
        wifi.sends(ack(11, 1_001).with(dss().ack(1)));
        afterWhatever(20_000);
        boolean again = false;
        while (wifi.pending() > 0) {
            again |= wifi.next().extras().stream().anyMatch(map(1, 1_001, 1_000)::matches);
        }
        assertThat(again).as("sent again at the data level").isTrue();
    }

    @Test
    @Rfc({"8684", "3.3"})
    void whatComesTwiceIsReadOnce() {
        hasTwoPaths();
        wifi.sends(data(11, 111).with(map(11, 11, 100))).sees(ack(1, 111).with(dss().ack(111)));
        far.sends(data(1, 201).with(map(11, 1, 200))).sees(ack(1, 201).with(dss().ack(211)));
        conn.reads(200).readsNothing();
        assertThat(counter("MPTcpExtDuplicateData")).isPositive();
    }

    @Test
    @Rfc({"8684", "3.3.3"})
    void theEndIsADataFinAndThenEachSubflowEnds() {
        hasTwoPaths();
        conn.finish();
        wifi.sees(ack(1, 11).with(dataFin(1)));
        far.seesWhatever();
        wifi.sends(ack(11, 1).with(dss().ack(2))).seesNothing();
        wifi.sends(ack(11, 1).with(dataFin(11).ack(2)));
        // The peer's end, acknowledged; now that both are, the subflows end.
        Seg[] ends = {wifi.next(), far.next()};
        assertThat(ends[0].extras()).anyMatch(dss().ack(12)::matches);
        conn.readsEnd();
        wifi.seesWhatever();
        far.seesWhatever();
        wifi.sends(fin(11, 2).with(dss().ack(2)));
        far.sends(fin(1, 2).with(dss().ack(2)));
        wifi.sees(ack(2, 12));
        far.sees(ack(2, 2));
        conn.close();
    }

    @Test
    @Rfc({"8684", "3.3.3"})
    void aDataFinComesWithTheLastBytes() {
        isOpen();
        wifi.sends(data(11, 111).with(map(11, 11, 101).fin()));
        wifi.sees(ack(1, 111).with(dss().ack(112)));
        conn.reads(100).readsEnd();
    }

    @Test
    @Rfc({"8684", "3.3.3"})
    void aDataFinIsAcknowledgedOnlyWhenAllBeforeItIsThere() {
        hasTwoPaths();
        far.sends(ack(1, 1).with(dataFin(111)));
        far.seesWhatever();
        conn.readsNothing();
        wifi.sends(data(11, 111).with(map(11, 11, 100))).sees(ack(1, 111).with(dss().ack(112)));
        conn.reads(100).readsEnd();
        far.seesWhatever();
    }

    /** No window reaches so far, and the end that is meant comes yet. */
    @ParameterizedTest
    @ValueSource(longs = {11 + (1L << 31), 11 + (1L << 32), 5 - (1L << 32)})
    @Rfc({"8684", "3.3.3"})
    void aDataFinFarAwayIsNotTheEnd(long place) {
        isOpen();
        wifi.sends(ack(11, 1).with(dataFin(place).dsnBytes(8)));
        wifi.sends(data(11, 111).with(map(11, 11, 100))).seesWhatever();
        conn.reads(100).readsNothing();
        wifi.sends(ack(111, 1).with(dataFin(111))).sees(ack(1, 111).with(dss().ack(112)));
        conn.readsEnd();
    }

    @Test
    @Rfc({"8684", "3.3.3"})
    void anUnansweredDataFinIsSentAgain() {
        isOpen();
        conn.finish();
        wifi.sees(ack(1, 11).with(dataFin(1)));
        for (int i = 0; i < 3; i++) {
            afterWhatever(3_000);
            wifi.sees(ack(1, 11).with(dataFin(1))).seesWhatever();
        }
        wifi.sends(ack(11, 1).with(dss().ack(2)));
        afterWhatever(10_000);
        wifi.seesNothing();
    }

    @Test
    @Rfc({"8684", "3.3.3"})
    void aSubflowsFinEndsTheSubflowAlone() {
        hasTwoPaths();
        // Nothing is left to send on it, so that it ends at once.
        far.sends(fin(1, 1)).sees(fin(1, 2)).sends(ack(2, 2));
        conn.readsNothing();
        wifi.sends(data(11, 111).with(map(11, 11, 100))).sees(ack(1, 111).with(dss().ack(111)));
        conn.reads(100).write(100);
        wifi.sees(data(1, 101).with(map(1, 1, 100)));
        wifi.sends(ack(111, 101));
        afterWhatever(300);
        far.seesWhatever();
    }

    @Test
    @Rfc({"8684", "3.3.4"})
    void theWindowIsOneForAllPaths() {
        hasTwoPaths();
        Seg before = null;
        for (int i = 0; i < 10; i++) {
            int from = 11 + 1_000 * i;
            wifi.sends(data(from, from + 1_000).with(map(from, from, 1_000)));
            before = wifi.next();
        }
        far.sends(data(1, 1_001).with(map(10_011, 1, 1_000)));
        Seg after = far.next();
        assertThat(before).isNotNull();
        // DATA_ACK and window of both say the same right edge, or the later one a further.
        long edgeBefore = 10_011L + before.window();
        long edgeAfter = 11_011L + after.window();
        assertThat(edgeAfter).isGreaterThanOrEqualTo(edgeBefore);
        conn.reads(11_000);
        wifi.seesWhatever();
        far.seesWhatever();
    }

    @Test
    @Rfc({"8684", "3.3.5"})
    void noMoreIsSentThanTheSharedWindowTakes() {
        hasTwoPaths();
        wifi.sends(ack(11, 1).win(2_000).with(dss().ack(1)));
        far.sends(ack(1, 1).win(2_000).with(dss().ack(1)));
        conn.write(10_000);
        long sent = mp.hostEnd() - 1;
        // The first window of the handshake was larger: data level's right edge never shrinks.
        assertThat(sent).isLessThanOrEqualTo(65_535);
        wifi.seesWhatever();
        far.seesWhatever();
    }

    @Test
    @Rfc({"8684", "3.3.6"})
    void whatASilentPathCarriedGoesByTheOther() {
        hasTwoPaths();
        conn.write(60_000);
        int byWifi = wifi.pending();
        int byFar = far.pending();
        assertThat(byWifi + byFar).isPositive();
        Path dead = byWifi > 0 ? wifi : far;
        Path alive = dead == wifi ? far : wifi;
        int aliveNext = alive == wifi ? 11 : 1;
        dead.dies();
        long reached = 1;
        for (int i = 0; i < 200 && reached < 60_001; i++) {
            dead.seesWhatever();
            int last = 0;
            while (alive.pending() > 0) {
                Seg segment = alive.next();
                last = Math.max(last, segment.to());
                for (var option : segment.extras()) {
                    reached = mp.contiguous(reached, option);
                }
            }
            if (last > 0) {
                alive.sends(ack(aliveNext, last).with(dss().ack(reached)));
            }
            afterWhatever(50);
        }
        assertThat(reached).as("everything came by the path that lives").isEqualTo(60_001);
        dead.seesWhatever();
        alive.seesWhatever();
    }
}
