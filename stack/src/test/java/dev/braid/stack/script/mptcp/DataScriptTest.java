package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.fin;
import static dev.braid.stack.script.Seg.rstAck;
import static dev.braid.stack.script.mptcp.MpOption.dataFin;
import static dev.braid.stack.script.mptcp.MpOption.dss;
import static dev.braid.stack.script.mptcp.MpOption.map;
import static dev.braid.stack.script.mptcp.MpOption.prio;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.script.Seg;
import dev.braid.stack.socket.Errno;
import dev.braid.testing.Rfc;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The data sequence space over one and two subflows: mappings, DATA_ACK, DATA_FIN (RFC 8684 section 3.3). */
class DataScriptTest extends TwoPathScript {
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.1"})
    void oneMappingCoversManySegments(Role role) {
        isOpen(role);
        first.sends(data(11, 1_011).with(map(11, 11, 3_000))).sees(ack(1, 1_011).with(dss().ack(1_011)));
        first.sends(data(1_011, 2_011)).sees(ack(1, 2_011).with(dss().ack(2_011)));
        first.sends(data(2_011, 3_011)).sees(ack(1, 3_011).with(dss().ack(3_011)));
        conn.reads(3_000);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.1"})
    void numbersMayHaveFourBytes(Role role) {
        isOpen(role);
        first.sends(data(11, 111).with(map(11, 11, 100).dsnBytes(4).ackBytes(4)));
        first.sees(ack(1, 111).with(dss().ack(111)));
        conn.reads(100).write(100);
        first.sees(data(1, 101)).sends(ack(111, 101).with(dss().ackBytes(4)));
        assertThat(conn.socket().connection().sendQueued()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.2"})
    void eightByteNumbersAreAcknowledgedInEightBytes(Role role) {
        isOpen(role);
        first.sends(data(11, 111).with(map(11, 11, 100).dsnBytes(8)));
        first.sees(ack(1, 111).with(dss().ack(111).ackBytes(8)));
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.2"})
    void aDataAckNeedNotComeWithEverySegment(Role role) {
        isOpen(role);
        conn.write(10);
        first.sees(data(1, 11)).sends(ack(11, 11).with(dss().ack(11)));
        conn.write(90);
        first.sees(data(11, 101)).sends(ack(11, 101).bare());
        assertThat(conn.socket().connection().sendQueued()).isEqualTo(90);
        first.sends(ack(11, 101).with(dss().ack(101)));
        assertThat(conn.socket().connection().sendQueued()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.6"})
    void aRetransmissionCarriesTheSameMapping(Role role) {
        isOpen(role);
        conn.write(1_000);
        first.sees(data(1, 1_001).with(map(1, 1, 1_000)));
        afterWhatever(1_200);
        // What a mapping maps is compared with what it mapped before.
        Seg again = first.next();
        assertThat(again.from()).isEqualTo(1);
        first.seesWhatever();
        first.sends(ack(11, 1_001));
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.2"})
    void whatTheSubflowAcknowledgedButTheDataLevelDidNotIsSentAgain(Role role) {
        hasTwoPaths(role);
        conn.write(1_000);
        // A box in the middle acknowledged what the peer never got.
        second.sees(data(1, 1_001).with(map(1, 1, 1_000))).sends(ack(1, 1_001).with(dss().ack(1)));
        afterWhatever(3_000);
        assertThat(seesMapping(first, map(1, 1, 1_000)) | seesMapping(second, map(1, 1_001, 1_000)))
                .as("sent again at the data level, among probes and TCP's own").isTrue();
        assertThat(counter("MPTcpExtMPTCPRetrans")).isPositive();
    }

    /** Whatever took its mapping would do so again, however fast the path is that the scheduler prefers. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.6"})
    void whatOnePathBroughtInVainGoesByAnother(Role role) {
        hasTwoPaths(role);
        conn.write(1_000);
        second.sees(data(1, 1_001).with(map(1, 1, 1_000))).sends(ack(1, 1_001).with(dss().ack(1)));
        for (int i = 0; i < 300 && second.pending() == 0 && first.pending() == 0; i++) {
            afterWhatever(10);
        }
        second.seesNothing();
        first.sees(data(1, 1_001).with(map(1, 1, 1_000))).sends(ack(11, 1_001).with(dss().ack(1_001)));
        assertThat(conn.socket().connection().sendQueued()).isZero();
    }

    /** One path is silent, the other one brought its part in vain: what the answer to one repair shows to be missing goes at once. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.6"})
    void afterATimeoutEachHoleIsMendedAsSoonAsItShows(Role role) {
        core().tunables().set("net.braid.mptcp_liveness", "0"); // which would notice the silence first
        hasTwoPaths(role);
        conn.options(options -> options.tcp.noDelay = true);
        second.sends(ack(1, 1).with(dss().ack(1), prio(true)));
        conn.write(1_000);
        first.sees(data(1, 1_001).with(map(1, 1, 1_000)));
        first.sends(ack(11, 1).with(dss().ack(1), prio(true)));
        second.sends(ack(1, 1).with(dss().ack(1), prio(false)));
        conn.write(1_000);
        second.sees(data(1, 1_001).with(map(1_001, 1, 1_000))).sends(ack(1, 1_001).with(dss().ack(1)));
        long reached = 1;
        for (int i = 0; i < 20 && reached == 1; i++) {
            afterWhatever(50);
            first.seesWhatever();
            reached = hears(1, 1_001, second);
        }
        assertThat(reached).as("mended by the timeout").isEqualTo(1_001);
        assertThat(hears(1_001, 2_001, first, second)).as("mended at once").isEqualTo(2_001);
        discardAll();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3"})
    void aPeerThatNeverAcknowledgesDataIsGivenUp(Role role) {
        core().tunables().set("net.ipv4.tcp_retries2", "3");
        isOpen(role);
        conn.write(1_000);
        int error = 0;
        for (int i = 0; i < 100 && error == 0; i++) {
            hears(1, 1, first);
            afterWhatever(100);
            error = conn.socket().error();
        }
        assertThat(error).isEqualTo(Errno.ETIMEDOUT);
        discardAll();
    }

    /** Whether one of the segments that wait on the path has this mapping. */
    private static boolean seesMapping(Path path, MpOption mapping) {
        boolean seen = false;
        while (path.pending() > 0) {
            seen |= path.next().extras().stream().anyMatch(mapping::matches);
        }
        return seen;
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
                path.sends(ack(path == first ? 11 : 1, last).with(dss().ack(reached > wants ? dataAck : wants)));
            }
        }
        return reached;
    }

    /** It waited for another path than the one that had carried it; now that one is the last, and has brought it in vain. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.6"})
    void whatNoOtherPathTookGoesAgainByTheLastOne(Role role) {
        hasTwoPaths(role);
        mayHaveSubflows(0); // or a client would open the other path anew
        second.sends(ack(1, 1).win(0)).seesNothing();
        conn.write(1_000);
        first.sees(data(1, 1_001).with(map(1, 1, 1_000)));
        afterWhatever(3_000);
        first.seesWhatever();
        second.seesWhatever();
        second.sends(rstAck(1, 1)).seesNothing();
        // The peer had no room for it behind a hole that another path has filled since.
        first.sends(ack(11, 1_001).with(dss().ack(1)));
        afterWhatever(20_000);
        assertThat(seesMapping(first, map(1, 1_001, 1_000))).as("sent again at the data level").isTrue();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3"})
    void whatComesTwiceIsReadOnce(Role role) {
        hasTwoPaths(role);
        first.sends(data(11, 111).with(map(11, 11, 100))).sees(ack(1, 111).with(dss().ack(111)));
        second.sends(data(1, 201).with(map(11, 1, 200))).sees(ack(1, 201).with(dss().ack(211)));
        conn.reads(200).readsNothing();
        assertThat(counter("MPTcpExtDuplicateData")).isPositive();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.3"})
    void theEndIsADataFinAndThenEachSubflowEnds(Role role) {
        hasTwoPaths(role);
        conn.finish();
        first.sees(ack(1, 11).with(dataFin(1)));
        second.seesWhatever();
        first.sends(ack(11, 1).with(dss().ack(2))).seesNothing();
        first.sends(ack(11, 1).with(dataFin(11).ack(2)));
        // The peer's end, acknowledged; now that both are, the subflows end.
        Seg[] ends = {first.next(), second.next()};
        assertThat(ends[0].extras()).anyMatch(dss().ack(12)::matches);
        conn.readsEnd();
        first.seesWhatever();
        second.seesWhatever();
        first.sends(fin(11, 2).with(dss().ack(2)));
        second.sends(fin(1, 2).with(dss().ack(2)));
        first.sees(ack(2, 12));
        second.sees(ack(2, 2));
        conn.close();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.3"})
    void theLastMappingSaysTheEndWhereItIsKnown(Role role) {
        isOpen(role);
        conn.write(50);
        first.sees(data(1, 51).with(map(1, 1, 50))).sends(ack(11, 51).with(dss().ack(51)));
        conn.writeMore(100).finish();
        first.sees(data(51, 151).with(map(51, 51, 101).fin())).seesNothing();
        // It takes no number of the subflow's: what is still missing is its DATA_ACK.
        first.sends(ack(11, 151).with(dss().ack(151)));
        afterWhatever(1_000);
        first.sees(ack(151, 11).with(dataFin(151))).seesWhatever();
        first.sends(ack(11, 151).with(dss().ack(152))).seesNothing();
        first.sends(ack(11, 151).with(dataFin(11).ack(152))).sees(fin(151, 11).with(dss().ack(12)));
        conn.readsEnd();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.3"})
    void aDataFinComesWithTheLastBytes(Role role) {
        isOpen(role);
        first.sends(data(11, 111).with(map(11, 11, 101).fin()));
        first.sees(ack(1, 111).with(dss().ack(112)));
        conn.reads(100).readsEnd();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.3"})
    void aDataFinIsAcknowledgedOnlyWhenAllBeforeItIsThere(Role role) {
        hasTwoPaths(role);
        second.sends(ack(1, 1).with(dataFin(111)));
        second.seesWhatever();
        conn.readsNothing();
        first.sends(data(11, 111).with(map(11, 11, 100))).sees(ack(1, 111).with(dss().ack(112)));
        conn.reads(100).readsEnd();
        second.seesWhatever();
    }

    /** No window reaches so far, and the end that is meant comes yet. */
    @ParameterizedTest
    @ValueSource(longs = {11 + (1L << 31), 11 + (1L << 32), 5 - (1L << 32)})
    @Rfc({"8684", "3.3.3"})
    void aDataFinFarAwayIsNotTheEnd(long place) {
        isOpen(Role.SERVER);
        first.sends(ack(11, 1).with(dataFin(place).dsnBytes(8)));
        first.sends(data(11, 111).with(map(11, 11, 100))).seesWhatever();
        conn.reads(100).readsNothing();
        first.sends(ack(111, 1).with(dataFin(111))).sees(ack(1, 111).with(dss().ack(112)));
        conn.readsEnd();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.3"})
    void anUnansweredDataFinIsSentAgain(Role role) {
        isOpen(role);
        conn.finish();
        first.sees(ack(1, 11).with(dataFin(1)));
        for (int i = 0; i < 3; i++) {
            afterWhatever(3_000);
            first.sees(ack(1, 11).with(dataFin(1))).seesWhatever();
        }
        first.sends(ack(11, 1).with(dss().ack(2)));
        afterWhatever(10_000);
        first.seesNothing();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.3"})
    void aSubflowsFinEndsTheSubflowAlone(Role role) {
        hasTwoPaths(role);
        mayHaveSubflows(0); // or a client would open it anew
        // Nothing is left to send on it, so that it ends at once.
        second.sends(fin(1, 1)).sees(fin(1, 2)).sends(ack(2, 2));
        conn.readsNothing();
        first.sends(data(11, 111).with(map(11, 11, 100))).sees(ack(1, 111).with(dss().ack(111)));
        conn.reads(100).write(100);
        first.sees(data(1, 101).with(map(1, 1, 100)));
        first.sends(ack(111, 101));
        afterWhatever(300);
        second.seesWhatever();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.4"})
    void theWindowIsOneForAllPaths(Role role) {
        hasTwoPaths(role);
        Seg before = null;
        for (int i = 0; i < 10; i++) {
            int from = 11 + 1_000 * i;
            first.sends(data(from, from + 1_000).with(map(from, from, 1_000)));
            before = first.next();
        }
        second.sends(data(1, 1_001).with(map(10_011, 1, 1_000)));
        Seg after = second.next();
        assertThat(before).isNotNull();
        // DATA_ACK and window of both say the same right edge, or the later one a further.
        long edgeBefore = 10_011L + before.window();
        long edgeAfter = 11_011L + after.window();
        assertThat(edgeAfter).isGreaterThanOrEqualTo(edgeBefore);
        conn.reads(11_000);
        first.seesWhatever();
        second.seesWhatever();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.5"})
    void noMoreIsSentThanTheSharedWindowTakes(Role role) {
        hasTwoPaths(role);
        first.sends(ack(11, 1).win(2_000).with(dss().ack(1)));
        second.sends(ack(1, 1).win(2_000).with(dss().ack(1)));
        conn.write(10_000);
        long sent = mp.hostEnd() - 1;
        // The first window of the handshake was larger: data level's right edge never shrinks.
        assertThat(sent).isLessThanOrEqualTo(65_535);
        first.seesWhatever();
        second.seesWhatever();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.6"})
    void whatASilentPathCarriedGoesByTheOther(Role role) {
        hasTwoPaths(role);
        conn.write(60_000);
        assertThat(first.pending()).isPositive();
        first.dies();
        long reached = 1;
        for (int i = 0; i < 200 && reached < 60_001; i++) {
            first.seesWhatever();
            int last = 0;
            while (second.pending() > 0) {
                Seg segment = second.next();
                last = Math.max(last, segment.to());
                for (var option : segment.extras()) {
                    reached = mp.contiguous(reached, option);
                }
            }
            if (last > 0) {
                second.sends(ack(1, last).with(dss().ack(reached)));
            }
            afterWhatever(50);
        }
        assertThat(reached).as("everything came by the path that lives").isEqualTo(60_001);
        discardAll();
    }
}
