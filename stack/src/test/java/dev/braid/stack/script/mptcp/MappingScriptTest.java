package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.mptcp.MpOption.dss;
import static dev.braid.stack.script.mptcp.MpOption.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.device.Offloads;
import dev.braid.stack.script.Seg;
import dev.braid.testing.Rfc;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Mappings in all widths, and over frames that stand for many segments. */
class MappingScriptTest extends TwoPathScript {
    /** The number of the stream's byte 692 is a multiple of 2^32. */
    private static final long WRAPPING_KEY = 0x0102_0304_0616_e045L;
    /** As above for byte 666. */
    private static final long HOSTS_WRAPPING_KEY = 0x1112_1314_155b_c327L;

    @Override
    protected int offloads() {
        return Offloads.CHECKSUM | Offloads.TSO4 | Offloads.TSO6;
    }

    /** All bytes that the host puts on the path now: each frame says one mapping, of exactly its bytes. */
    private int seesMappedFrames(Path path, long firstDsn) {
        int superFrames = 0;
        long dsn = firstDsn;
        while (path.pending() > 0) {
            Seg frame = path.next();
            int length = frame.to() - frame.from();
            assertThat(frame.extras()).anyMatch(map(dsn, frame.from(), length)::matches);
            dsn += length;
            superFrames += length > variant().linkMss() ? 1 : 0;
        }
        assertThat(superFrames).as("super-frames").isPositive();
        return (int) (dsn - firstDsn);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.1"})
    void aSuperFrameSaysOneMapping(Role role) {
        showSuperFrames();
        isOpen(role);
        conn.write(9_000);
        assertThat(seesMappedFrames(wifi, 1)).isEqualTo(9_000);
        wifi.sends(ack(11, 9_001));
        assertThat(conn.socket().connection().sendQueued()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.1"})
    void aSuperFrameWithAChecksumSaysOneOverAllOfIt(Role role) {
        mp.demandsChecksums();
        showSuperFrames();
        isOpen(role);
        conn.write(9_000);
        // That it is right is looked at wherever a mapping is seen.
        assertThat(seesMappedFrames(wifi, 1)).isEqualTo(9_000);
        wifi.sends(ack(11, 9_001));
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.6"})
    void partOfASuperFrameThatGoesAgainKeepsTheMappingOfAllOfIt(Role role) {
        isOpen(role);
        conn.write(9_000);
        Seg frame = wifi.next();
        var whole = frame.extras().stream().filter(o -> o.name().equals(MpOption.DSS)).findFirst().orElseThrow();
        wifi.seesWhatever();
        int lost = frame.to() - frame.from();
        wifi.sends(ack(11, 1).sack(lost + 1, 9_001));
        wifi.sees(data(1, lost + 1).with(map(1, 1, (int) ((MpOption) whole).field(MpField.LENGTH))));
        wifi.sends(ack(11, 9_001));
        assertThat(conn.socket().connection().sendQueued()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.1"})
    void aSuperFrameIsReceivedByItsOneMapping(Role role) {
        isOpen(role);
        wifi.sends(data(11, 20_011).gso(1_000).with(map(11, 11, 20_000))).sees(ack(1, 20_011).with(dss().ack(20_011)));
        conn.reads(20_000);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.1"})
    void oneMappingCoversSeveralSuperFrames(Role role) {
        isOpen(role);
        wifi.sends(data(11, 10_011).gso(1_000).with(map(11, 11, 30_000))).sees(ack(1, 10_011).with(dss().ack(10_011)));
        wifi.sends(data(10_011, 20_011).gso(1_000)).sees(ack(1, 20_011).with(dss().ack(20_011)));
        wifi.sends(data(20_011, 30_011).gso(1_000)).sees(ack(1, 30_011).with(dss().ack(30_011)));
        conn.reads(30_000);
    }

    /** What waits out of order keeps the mapping it came with. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.1"})
    void aSuperFrameThatComesTooEarlyKeepsItsMapping(Role role) {
        hasTwoPaths(role);
        first.sends(data(5_011, 10_011).gso(1_000).with(map(11, 5_011, 5_000)));
        first.sees(ack(1, 11).sack(5_011, 10_011).with(dss().ack(11)));
        first.sends(data(11, 5_011).gso(1_000).with(map(5_011, 11, 5_000)));
        first.sees(ack(1, 10_011).with(dss().ack(10_011)));
        conn.reads(10_000);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.1"})
    void framesOfOneBatchKeepTheirMappingsApart(Role role) {
        isOpen(role);
        wifi.sendsTogether(
                data(11, 111).with(map(111, 11, 100)),
                data(111, 211).with(map(11, 111, 100)),
                data(211, 311).with(map(211, 211, 100)));
        wifi.seesWhatever();
        conn.reads(300);
    }

    /** RFC 8684 section 3.3: both numbers come in four or eight bytes, each for itself. */
    @ParameterizedTest
    @CsvSource({
        "CLIENT, 4, 4", "CLIENT, 4, 8", "CLIENT, 8, 4", "CLIENT, 8, 8",
        "SERVER, 4, 4", "SERVER, 4, 8", "SERVER, 8, 4", "SERVER, 8, 8"})
    @Rfc({"8684", "3.3"})
    void numbersComeInAllWidths(Role role, int dsnBytes, int ackBytes) {
        isOpen(role);
        conn.options(options -> options.tcp.quickAck = true).write(500);
        wifi.sees(data(1, 501).with(map(1, 1, 500)));
        wifi.sends(data(11, 111).with(map(11, 11, 100).dsnBytes(dsnBytes).ack(501).ackBytes(ackBytes)));
        wifi.sees(ack(501, 111).with(dss().ack(111).ackBytes(dsnBytes)));
        assertThat(conn.socket().connection().sendQueued()).isZero();
        conn.reads(100);
        // One form may follow another.
        int others = 12 - dsnBytes;
        wifi.sends(data(111, 211).with(map(111, 111, 100).dsnBytes(others).ackBytes(12 - ackBytes)));
        wifi.sees(ack(501, 211).with(dss().ack(211).ackBytes(others)));
        conn.reads(100);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3"})
    void aDataAckAloneComesInBothWidths(Role role) {
        isOpen(role);
        for (int i = 0; i < 2; i++) {
            int from = 1 + 500 * i;
            conn.write(500);
            wifi.sees(data(from, from + 500));
            wifi.sends(ack(11, from + 500).with(dss().ack(from + 500).ackBytes(i == 0 ? 4 : 8)));
            assertThat(conn.socket().connection().sendQueued()).isZero();
        }
    }

    /** Each stands for the number nearest to those in use, whichever side of a multiple of 2^32 it is on. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3"})
    void bothStreamsGoOnWhereNumbersOfFourBytesWrap(Role role) {
        mp.key(WRAPPING_KEY);
        draws(HOSTS_WRAPPING_KEY);
        hasTwoPaths(role);
        assertThat(mp.hostKey()).isEqualTo(HOSTS_WRAPPING_KEY);
        // What lies behind the wrap comes before what reaches across it.
        second.sends(data(1, 501).with(map(711, 1, 500).dsnBytes(4)));
        second.sees(ack(1, 501).with(dss().ack(11).ackBytes(4)));
        first.sends(data(11, 711).with(map(11, 11, 700).dsnBytes(4)));
        first.sees(ack(1, 711).with(dss().ack(1_211).ackBytes(4)));
        conn.reads(1_200);
        first.sends(data(711, 811).with(map(641, 711, 100).dsnBytes(4)));
        first.sees(ack(1, 811).with(dss().ack(1_211).ackBytes(4)));
        conn.readsNothing();
        assertThat(counter("MPTcpExtDuplicateData")).isEqualTo(1);
        conn.write(1_000);
        second.sees(data(1, 1_001).with(map(1, 1, 1_000)));
        for (int acked : new int[] {601, 701, 1_001}) {
            second.sends(ack(501, 1_001).with(dss().ack(acked).ackBytes(4)));
            assertThat(conn.socket().connection().sendQueued()).isEqualTo(1_001 - acked);
        }
    }
}
