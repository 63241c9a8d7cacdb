package dev.braid.stack.storm.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.storm.Seeds;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Thousands of bad networks of each {@link MptcpStorm.Kind}: see {@link Seeds}, family {@code mptcp.}. */
@Tag("storms")
class MptcpStormTest {
    private static final int NAMED_SEEDS = 40;

    @Test
    void overBadPathsEveryByteArrivesOnceAndNothingLeaks() {
        run(MptcpStorm.Kind.WEATHER, 100);
    }

    /** Options vanish, segments are split and joined, sequence numbers shift, addresses and ports are translated. */
    @Test
    void whateverMiddleboxesDoEveryByteArrivesOnceAndNothingLeaks() {
        run(MptcpStorm.Kind.BOXES, 60);
    }

    /** Links fall silent, go down and lose their addresses, NATs forget, and one link of several stays. */
    @Test
    void whileOnePathLivesEveryByteArrivesOnceAndNothingLeaks() {
        run(MptcpStorm.Kind.TURNS, 100);
    }

    /**
     * All of it together, at both ends: boxes that alter payload beside checksums, SYNs that vanish, addresses that others take the place
     * of, announcements and joins by both, priorities and endpoints that change, any scheduler and path manager.
     */
    @Test
    void whateverAdministratorsAndTheNetworkDoEveryByteArrivesOnceAndNothingLeaks() {
        run(MptcpStorm.Kind.ALL, 100);
    }

    private static void run(MptcpStorm.Kind kind, int usual) {
        Seeds.run("mptcp.", kind.name(), usual, (seed, journals) -> new MptcpStorm(seed, journals, kind).run());
    }

    /**
     * Seeds that found something: a DATA_FIN in the place of keys that were lost (TURNS 126, 253, 271, 364, WEATHER 107), what was left
     * over from a join by cookie that began a connection (TURNS 8047, 12539), data given again and again to a path that takes its mappings
     * off (BOXES 35, 769), an end that came just before the fallback that made it one (BOXES 275), an answer that looked as if the keys
     * had come (BOXES 3664, 3782, 6183), a fallback that was told once, by an ACK that was lost, or not at all (BOXES 3754, 5873), a
     * reset that was lost or not believed, of a path with nothing to send (BOXES 7804, 10709), the addresses of the one sound way untold,
     * since they are of IPv6 and have ports (BOXES 13176). And some that demanded the impossible: a
     * NAT that forgot before the peer's first DSS (TURNS 42, 2543, 4540), a connection begun while no link had an address of the server's
     * family (564), one that is plain TCP since three SYNs were lost, and then loses its path (1002, 1575, 3951), more memory than the
     * simulated network had (WEATHER 666).
     */
    @ParameterizedTest
    @CsvSource({"42,TURNS", "126,TURNS", "253,TURNS", "271,TURNS", "364,TURNS", "564,TURNS", "1002,TURNS",
        "1575,TURNS", "2543,TURNS", "3951,TURNS", "4540,TURNS", "8047,TURNS", "12539,TURNS", "107,WEATHER",
        "666,WEATHER",
        "35,BOXES", "94,BOXES", "275,BOXES", "393,BOXES", "769,BOXES", "955,BOXES", "1082,BOXES", "2197,BOXES",
        "3664,BOXES", "3754,BOXES", "3782,BOXES", "5873,BOXES", "6183,BOXES", "7804,BOXES", "10709,BOXES",
        "13176,BOXES"})
    void whatOnceFailedHolds(long seed, MptcpStorm.Kind kind) {
        new MptcpStorm(seed, false, kind).run();
    }

    /** Each of these happened, summed over seeds: a kind that lost what its name says would go on passing. */
    @ParameterizedTest
    @MethodSource("names")
    void theKindsDoWhatTheyAreNamedFor(MptcpStorm.Kind kind, List<String> counters) {
        var occurred = new TreeMap<String, Long>();
        for (long seed = 1; seed <= NAMED_SEEDS; seed++) {
            MptcpStorm storm = new MptcpStorm(seed, false, kind);
            storm.run();
            storm.occurred().forEach((name, count) -> occurred.merge(name, count, Long::sum));
        }
        assertThat(counters).allSatisfy(name -> assertThat(occurred.getOrDefault(name, 0L)).as(name).isPositive());
    }

    static Stream<Arguments> names() {
        List<String> always = List.of(
                "watched", "must arrive", "server MPTcpExtMPJoinAckRx", "client MPTcpExtMPTCPRetrans",
                "client MPTcpExtSubflowStale", "client MptcpPathReopened");
        return Stream.of(
                Arguments.of(MptcpStorm.Kind.WEATHER, always),
                Arguments.of(MptcpStorm.Kind.BOXES, and(always,
                        "edited", "split", "joined", "Nat.mappings", "client MPTcpExtMPCapableFallbackSYNACK",
                        "server MPTcpExtMPFailTx", "client MPTcpExtDSSCorruptionReset", "client MPTcpExtMPRstRx")),
                Arguments.of(MptcpStorm.Kind.TURNS, and(always,
                        "SILENT", "DOWN", "LOSES_ADDRESS", "FORGETS", "Nat.dropUnknown", "client MPTcpExtRmAddrTx",
                        "server MPTcpExtRmAddr", "client MptcpPathClosedLocalGone")),
                Arguments.of(MptcpStorm.Kind.ALL, and(always,
                        "edited", "split", "joined", "altered", "vanished", "Nat.mappings",
                        "SILENT", "DOWN", "LOSES_ADDRESS", "FORGETS", "MOVES", "PRIORITY", "LOSES_ENDPOINTS", "CHOOSES",
                        "SILENT at the server", "DOWN at the server", "LOSES_ADDRESS at the server",
                        "MOVES at the server", "PRIORITY at the server", "LOSES_ENDPOINTS at the server",
                        "CHOOSES at the server",
                        "server MPTcpExtDataCsumErr", "server MPTcpExtMPFailTx", "client MPTcpExtMPFailRx",
                        "client MPTcpExtBlackhole", "client MPTcpExtMPCapableSYNTXDrop",
                        "client MPTcpExtInfiniteMapTx", "server MPTcpExtDssFallback",
                        "client MPTcpExtAddAddrTx", "server MPTcpExtAddAddr", "client MPTcpExtMPJoinAckRx",
                        "client MPTcpExtMPPrioTx", "client MPTcpExtMPPrioRx", "client MPTcpExtRmAddr",
                        "server MPTcpExtRmAddr", "client MptcpSchedShortestQueue")));
    }

    private static List<String> and(List<String> always, String... more) {
        return Stream.concat(always.stream(), Stream.of(more)).toList();
    }

    @Test
    void theSameSeedGivesTheSameStorm() {
        for (long seed = 1; seed <= 3; seed++) {
            MptcpStorm one = new MptcpStorm(seed, false, MptcpStorm.Kind.TURNS);
            one.run();
            MptcpStorm other = new MptcpStorm(seed, false, MptcpStorm.Kind.TURNS);
            other.run();
            assertThat(one.digest()).as("digest of seed %d", seed).isEqualTo(other.digest());
        }
    }
}
