package dev.braid.stack.mptcp;

import static dev.braid.stack.mptcp.TwoHosts.MS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.sim.Middlebox;
import dev.braid.fastpath.sim.middlebox.SegmentEdit;
import dev.braid.fastpath.sim.middlebox.SegmentEditor;
import dev.braid.fastpath.sim.middlebox.SynFilter;
import dev.braid.fastpath.wire.TcpOptions;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.mptcp.path.LocalAddress;
import dev.braid.stack.mptcp.path.SubflowPlan;
import dev.braid.stack.tcp.Tcb;
import dev.braid.stack.tcp.TcpListener;
import dev.braid.testing.Rfc;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

/** MP_CAPABLE between two cores: keys, flags, and every way in which a connection becomes plain TCP instead. */
class CapableHandshakeTest {
    @Test
    @Rfc({"8684", "3.1"})
    void bothEndsKnowBothKeys() {
        try (TwoHosts world = new TwoHosts()) {
            TwoHosts.Program[] pair = world.establish();
            MptcpConnection here = pair[0].mptcp();
            MptcpConnection there = pair[1].mptcp();
            assertThat(pair[0].heard).containsExactly("established");
            assertThat(here.remoteKey).isEqualTo(there.localKey).isNotZero();
            assertThat(there.remoteKey).isEqualTo(here.localKey).isNotZero();
            assertThat(here.remoteToken).isEqualTo(there.token);
            assertThat(there.idsnRemote).isEqualTo(here.idsnLocal);
            assertThat(here.fallbackReason()).isNull();
            assertThat(there.isFullyEstablished()).isTrue();
            assertThat(here.isFullyEstablished()).as("nothing but the SYN/ACK came back").isFalse();
            assertThat(world.client.count("MPTcpExtMPCapableSYNTX")).isEqualTo(1);
            assertThat(world.client.count("MPTcpExtMPCapableSYNACKRX")).isEqualTo(1);
            assertThat(world.server.count("MPTcpExtMPCapableSYNRX")).isEqualTo(1);
            assertThat(world.server.count("MPTcpExtMPCapableACKRX")).isEqualTo(1);
            assertThat(world.server.count("MPTcpExtMPCurrEstab")).isEqualTo(1);
        }
    }

    /** Only a connection's own user can write so early: a socket has it wait. The third packet is lost, and the data says it all. */
    @Test
    @Rfc({"8684", "3.1"})
    void whatIsQueuedBeforeTheSynAckGoesWithTheKeys() {
        try (TwoHosts world = new TwoHosts()) {
            TcpListener listener = world.server.listen();
            int[] sent = {0};
            world.forth[0].middlebox((frame, nowNs, forward) -> {
                if (++sent[0] == 2) {
                    frame.release();
                } else {
                    forward.transmit(frame);
                }
            });
            TwoHosts.Program here = world.client.open();
            here.send(1000);
            assertThat(here.sent).as("queued").isEqualTo(1000);
            world.run(50 * TwoHosts.MS);
            assertThat(world.accept(listener).read).isEqualTo(1000);
            assertThat(here.mptcp().sendQueued()).as("not acknowledged at the data level").isZero();
            assertThat(here.mptcp().fallbackReason()).isNull();
            assertThat(world.server.count("MPTcpExtMPCapableACKRX")).isEqualTo(1);
            assertThat(world.client.count("TcpRetransSegs")).as("nothing had to wait for a timeout").isZero();
        }
    }

    @Test
    void aListenerThatWantsPlainTcpGetsIt() {
        try (TwoHosts world = new TwoHosts()) {
            TcpListener listener = world.server.listen(null);
            TwoHosts.Program here = world.client.open();
            world.run(100 * MS);
            assertThat(listener.accept()).isInstanceOf(Tcb.class);
            assertThat(here.heard).containsExactly("established");
            assertThat(here.mptcp().fallbackReason()).isEqualTo(FallbackReason.NOT_CAPABLE);
            assertThat(world.client.count("MPTcpExtMPCapableFallbackSYNACK")).isEqualTo(1);
        }
    }

    @Test
    void dataBothWaysAndAnOrderlyEndLeaveNothing() {
        try (TwoHosts world = new TwoHosts()) {
            TwoHosts.Program[] pair = world.establish();
            pair[0].send(300_000).finish();
            pair[1].send(200_000);
            world.run(5 * TwoHosts.SECOND);
            assertThat(pair[1].read).isEqualTo(300_000);
            assertThat(pair[0].read).isEqualTo(200_000);
            assertThat(pair[1].heard).contains("fin");
            assertThat(pair[0].mptcp().isFullyEstablished()).isTrue();
            pair[1].finish();
            world.run(70 * TwoHosts.SECOND);
            assertThat(pair[0].heard).containsExactly("established", "fin", "closed");
            assertThat(pair[1].heard).containsExactly("fin", "closed");
            pair[0].connection.close(world.clock.nowNs());
            pair[1].connection.close(world.clock.nowNs());
            world.assertNothingLeft();
        }
    }

    private static final BitSet MPTCP = new BitSet();

    static {
        MPTCP.set(TcpOptions.KIND_MPTCP);
    }

    /** A box that takes Multipath TCP's options off. */
    private static Middlebox stripper(TwoHosts world, SegmentEdit.Scope scope) {
        return new SegmentEditor(SegmentEdit.strip(MPTCP, scope), counter(world));
    }

    private static Counter counter(TwoHosts world) {
        return Counters.inMemory(world.arena, 4).counter("Box");
    }

    private static void exchange(TwoHosts world, TwoHosts.Program here, TwoHosts.Program there) {
        here.send(100_000).finish();
        there.send(50_000).finish();
        world.run(80 * TwoHosts.SECOND);
        assertThat(there.read).isEqualTo(100_000);
        assertThat(here.read).isEqualTo(50_000);
        here.connection.close(world.clock.nowNs());
        there.connection.close(world.clock.nowNs());
        world.run(80 * TwoHosts.SECOND);
        world.assertNothingLeft();
    }

    @Test
    @Rfc({"8684", "3.7"})
    void aSynStrippedOfItsOptionMakesPlainTcpOfBothEnds() {
        try (TwoHosts world = new TwoHosts()) {
            world.forth[0].middlebox(stripper(world, SegmentEdit.Scope.SYN));
            TcpListener listener = world.server.listen();
            TwoHosts.Program here = world.client.open();
            world.run(100 * MS);
            TwoHosts.Program there = world.accept(listener);
            assertThat(there.connection).isInstanceOf(Tcb.class);
            assertThat(here.mptcp().fallbackReason()).isEqualTo(FallbackReason.NOT_CAPABLE);
            exchange(world, here, there);
        }
    }

    @Test
    @Rfc({"8684", "3.7"})
    void aSynAckStrippedOfItsOptionMakesPlainTcpOfBothEnds() {
        try (TwoHosts world = new TwoHosts()) {
            world.back[0].middlebox(stripper(world, SegmentEdit.Scope.SYN));
            TcpListener listener = world.server.listen();
            TwoHosts.Program here = world.client.open();
            world.run(100 * MS);
            TwoHosts.Program there = world.accept(listener);
            assertThat(here.mptcp().fallbackReason()).isEqualTo(FallbackReason.NOT_CAPABLE);
            assertThat(there.mptcp().fallbackReason()).isEqualTo(FallbackReason.NO_CAPABLE_ACK);
            assertThat(world.client.count("MPTcpExtMPCapableFallbackSYNACK")).isEqualTo(1);
            assertThat(world.server.count("MPTcpExtMPCapableFallbackACK")).isEqualTo(1);
            exchange(world, here, there);
        }
    }

    @Test
    @Rfc({"8684", "3.7"})
    void aThirdAckStrippedOfItsOptionMakesPlainTcpOfBothEnds() {
        try (TwoHosts world = new TwoHosts()) {
            world.forth[0].middlebox(stripper(world, SegmentEdit.Scope.NOT_SYN));
            TcpListener listener = world.server.listen();
            TwoHosts.Program here = world.client.open();
            world.run(100 * MS);
            TwoHosts.Program there = world.accept(listener);
            assertThat(there.mptcp().fallbackReason()).isEqualTo(FallbackReason.NO_CAPABLE_ACK);
            exchange(world, here, there);
            assertThat(here.mptcp().fallbackReason()).isEqualTo(FallbackReason.NO_DSS);
        }
    }

    @Test
    @Rfc({"8684", "3.1"})
    void theKeysGoWithTheFirstDataWhenTheThirdAckWasLost() {
        try (TwoHosts world = new TwoHosts()) {
            int[] packets = {0};
            world.forth[0].middlebox((frame, nowNs, forward) -> {
                if (++packets[0] == 2) {
                    frame.release();
                } else {
                    forward.transmit(frame);
                }
            });
            TcpListener listener = world.server.listen();
            TwoHosts.Program here = world.client.open();
            world.run(20 * MS);
            here.send(5_000);
            world.client.core.flush(world.clock.nowNs());
            world.run(100 * MS);
            TwoHosts.Program there = world.accept(listener);
            assertThat(there.mptcp().fallbackReason()).isNull();
            assertThat(there.mptcp().remoteKey).isEqualTo(here.mptcp().localKey);
            exchange(world, here, there, 5_000);
        }
    }

    private static void exchange(TwoHosts world, TwoHosts.Program here, TwoHosts.Program there, long sent) {
        there.finish();
        here.finish();
        world.run(80 * TwoHosts.SECOND);
        assertThat(there.read).isEqualTo(sent);
        world.assertNothingLeft();
    }

    @Test
    @Rfc({"8684", "3.1"})
    void checksumsAreUsedWhenEitherEndWantsThem() {
        for (boolean first : new boolean[] {true, false}) {
            CoreConfig wants = TwoHosts.config(c -> c.checksum = true);
            CoreConfig not = TwoHosts.config(c -> c.checksum = false);
            try (TwoHosts world = new TwoHosts(first ? wants : not, first ? not : wants)) {
                TwoHosts.Program[] pair = world.establish();
                assertThat(pair[0].mptcp().checksum).isTrue();
                assertThat(pair[1].mptcp().checksum).isTrue();
                exchange(world, pair[0], pair[1]);
                assertThat(world.server.count("MPTcpExtDataCsumErr")).isZero();
            }
        }
    }

    @Test
    @Rfc({"8684", "3.1"})
    void flagCIsSaidAndHeard() {
        CoreConfig denies = TwoHosts.config(c -> c.allowJoinInitialAddressPort = false);
        try (TwoHosts world = new TwoHosts(CoreConfig.DEFAULT.copy(), denies)) {
            TwoHosts.Program[] pair = world.establishFully();
            assertThat(pair[0].mptcp().remoteDeniesInitialAddress).isTrue();
            assertThat(pair[1].mptcp().remoteDeniesInitialAddress).isFalse();
            var same = new SubflowPlan(
                    new LocalAddress(world.client.addresses.getFirst(), 0), 0, 1, world.server.addresses.getFirst(),
                    TwoHosts.PORT, 0, false);
            pair[0].mptcp().roster.join(same, world.clock.nowNs());
            world.client.core.flush(world.clock.nowNs());
            world.run(100 * MS);
            assertThat(world.server.count("MPTcpExtMPJoinRejected")).isEqualTo(1);
        }
    }

    @Test
    void aCookieCarriesAKeyThatCanBeVerified() {
        try (TwoHosts world = new TwoHosts(CoreConfig.DEFAULT.copy(), TwoHosts.cookies())) {
            TwoHosts.Program[] pair = world.establish();
            assertThat(world.server.count("TcpExtSyncookiesRecv")).isEqualTo(1);
            assertThat(pair[1].mptcp().fallbackReason()).isNull();
            assertThat(pair[1].mptcp().remoteKey).isEqualTo(pair[0].mptcp().localKey);
            exchange(world, pair[0], pair[1]);
        }
    }

    @Test
    void aBlackHoleIsFoundAndRememberedForThisDestinationAndLink() {
        try (TwoHosts world = new TwoHosts()) {
            for (int link = 0; link < 2; link++) {
                world.forth[link].middlebox(new SynFilter(MPTCP, counter(world)));
            }
            world.server.listen();
            TwoHosts.Program here = world.client.open();
            world.run(60 * TwoHosts.SECOND);
            assertThat(here.heard).containsExactly("established");
            assertThat(here.mptcp().fallbackReason()).isEqualTo(FallbackReason.SYN_UNANSWERED);
            assertThat(world.client.count("MPTcpExtMPCapableSYNTXDrop")).isEqualTo(1);
            assertThat(world.client.count("MPTcpExtBlackhole")).isEqualTo(1);
            TwoHosts.Program again = world.client.open();
            world.run(100 * MS);
            assertThat(again.mptcp().fallbackReason()).isEqualTo(FallbackReason.BLACK_HOLE);
            assertThat(again.heard).containsExactly("established");
            assertThat(world.client.count("MPTcpExtMPCapableSYNTXDisabled")).isEqualTo(1);
            TwoHosts.Program other = world.client.open(world.server.addresses.get(1));
            world.run(100 * MS);
            assertThat(other.heard).as("another address: tried").isEmpty();
        }
    }

    @Test
    @Rfc({"8684", "3.1"})
    void aPlainSynIsAnsweredPlainlyThoughOneWithTheOptionCameBefore() {
        try (TwoHosts world = new TwoHosts()) {
            world.back[0].middlebox(new SynFilter(MPTCP, counter(world)));
            TcpListener listener = world.server.listen();
            TwoHosts.Program here = world.client.open();
            world.run(60 * TwoHosts.SECOND);
            assertThat(here.heard).containsExactly("established");
            TwoHosts.Program there = world.accept(listener);
            assertThat(there.mptcp().fallbackReason()).isEqualTo(FallbackReason.NO_CAPABLE_ACK);
            exchange(world, here, there);
        }
    }

    @Test
    void bothEndsThatOpenAtOnceSpeakPlainTcp() {
        try (TwoHosts world = new TwoHosts()) {
            TwoHosts.Program here = world.client.open(world.server.addresses.getFirst(), 5000, 6000);
            TwoHosts.Program there = world.server.open(world.client.addresses.getFirst(), 6000, 5000);
            world.run(TwoHosts.SECOND);
            assertThat(here.mptcp().fallbackReason()).isEqualTo(FallbackReason.SIMULTANEOUS_OPEN);
            assertThat(there.mptcp().fallbackReason()).isEqualTo(FallbackReason.SIMULTANEOUS_OPEN);
            assertThat(world.client.count("MPTcpExtSimultConnectFallback")).isEqualTo(1);
            exchange(world, here, there);
        }
    }

    @Test
    @Rfc({"8684", "3.1"})
    void aKeyWhoseTokenIsTakenIsDrawnAnew() {
        try (TwoHosts world = new TwoHosts()) {
            long[] draws = {7, 7, 7, 7, 7, 8};
            int[] next = {0};
            MptcpLayer layer = world.client.core.mptcp();
            var table = new TokenTable(layer.keys, () -> draws[next[0]++]);
            MptcpConnection connection = world.client.open().mptcp();
            table.insert(layer.keys.derive(7), connection);
            assertThat(table.draw()).as("some draws are enough").isNull();
            assertThat(table.draw()).isEqualTo(layer.keys.derive(8));
            table.remove(layer.keys.derive(7), connection);
            assertThat(table.lookup(layer.keys.derive(7).token())).isNull();
        }
    }
}
