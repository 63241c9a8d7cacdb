package dev.braid.stack.tcp;

import static dev.braid.stack.tcp.TwoHosts.MS;
import static dev.braid.stack.tcp.TwoHosts.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.stack.congestion.CongestionControl;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The upper-layer interface, put to use by a stream striped over two connections: every method, both ends. */
class StripeTest {
    private static final LinkConfig LINK = LinkConfig.PERFECT.delay(5 * MS);

    /** The server's side: finds the stripe of a SYN by its token, whatever port it came to. */
    private static final class Claims implements UpperLayerProtocol {
        final TwoHosts world;
        final Map<Long, Stripe> stripes = new HashMap<>();
        final StripeOption option = new StripeOption();
        int fromCookies;
        /** Further flows are answered with cookies. */
        boolean joinsByCookie;

        Claims(TwoHosts world) {
            this.world = world;
        }

        @Override
        public @Nullable SynClaim claimSyn(TcpSegment syn, @Nullable TcpListener listener, long nowNs) {
            if (!option.parse(syn) || option.subtype != StripeOption.OPEN) {
                return null;
            }
            boolean begins = !stripes.containsKey(option.value);
            if (begins && (listener == null || option.id > 1)) {
                return SynClaim.Refused.REFUSED; // a further flow of nothing we know
            }
            return new Claim(option.value, option.id, begins);
        }

        @Override
        public @Nullable SynClaim claimCookie(TcpSegment ack, @Nullable TcpListener listener, long nowNs) {
            SynClaim claimed = claimSyn(ack, listener, nowNs);
            fromCookies += claimed == null ? 0 : 1;
            return claimed;
        }

        @Override
        public int writeCookieOptions(
                TcpSegment syn, @Nullable TcpListener listener, int iss, long address, int room) {
            return room < StripeOption.LENGTH ? 0 : StripeOption.write(address, StripeOption.OPEN, 0, iss);
        }

        @Override
        public int writeRefusal(TcpSegment syn, long address, int room) {
            return option.parse(syn) ? StripeOption.write(address, StripeOption.WHY, 44, 0) : 0;
        }

        private final class Claim implements SynClaim {
            final long token;
            final int id;
            final boolean begins;

            Claim(long token, int id, boolean begins) {
                this.token = token;
                this.id = id;
                this.begins = begins;
            }

            @Override
            public UpperLayer attach(Tcb tcb, long nowNs) {
                Stripe.Flow flow = stripes.computeIfAbsent(token, key -> new Stripe(world, key)).flow(id);
                tcb.user(flow);
                return flow;
            }

            @Override
            public @Nullable TcpSettings joinedSettings() {
                return begins ? null : new TcpSettings();
            }

            @Override
            public boolean wantsCookie() {
                return joinsByCookie;
            }
        }
    }

    /** Two flows, the second to a port where nobody listens. */
    private static final class Pair implements AutoCloseable {
        final TwoHosts world;
        final Claims claims;
        final TcpListener listener;
        final Stripe here;
        final Stripe there;
        final Stripe.Flow one;
        final Stripe.Flow two;

        Pair(LinkConfig forth, LinkConfig back, TcpConfig config) {
            world = new TwoHosts(forth, back, config, false, 1500);
            claims = new Claims(world);
            world.server.tcp.upperProtocol(claims);
            listener = world.server.listen(7, 8);
            here = new Stripe(world, 0xbeef);
            one = open(here, 1, 7);
            world.run(SECOND);
            two = open(here, 2, 9999);
            world.run(SECOND);
            there = claims.stripes.get(0xbeefL);
            Tcb accepted = (Tcb) listener.accept();
            assertThat(accepted).isNotNull();
            accepted.user(there.flows.get(0));
        }

        Stripe.Flow open(Stripe stripe, int id, int port) {
            Stripe.Flow flow = stripe.flow(id);
            Tcb tcb = world.client.tcp.open(flow, new TcpSettings());
            flow.tcb = tcb;
            tcb.attach(flow);
            var to = world.server.address;
            assertThat(world.client.tcp.connect(tcb, 0, 0, 0, to.hi(), to.lo(), port, world.clock.nowNs()))
                    .isNull();
            return flow;
        }

        @Override
        public void close() {
            world.close();
        }
    }

    private static Pair pair() {
        return new Pair(LINK, LINK, TcpConfig.DEFAULT);
    }

    @Test
    void aSynIsClaimedBeforeNoListenerMeansReset() {
        try (Pair pair = pair()) {
            assertThat(pair.two.events).containsExactly("established");
            assertThat(pair.there.flows.get(1).events).containsExactly("established");
            Stripe unknown = new Stripe(pair.world, 0xdead);
            Stripe.Flow stray = pair.open(unknown, 3, 9999);
            pair.world.run(SECOND);
            assertThat(stray.events).contains("failed REFUSED", "upper closed", "closed");
        }
    }

    @Test
    void aRefusedSynIsResetThoughSomebodyListensAndTheResetSaysWhy() {
        try (Pair pair = pair()) {
            Stripe.Flow stray = pair.open(new Stripe(pair.world, 0xdead), 2, 7);
            pair.world.run(SECOND);
            assertThat(stray.events).contains("failed REFUSED", "upper closed", "closed");
            assertThat(pair.world.server.tcp.connections()).as("the pair's alone").isEqualTo(2);
        }
    }

    @Test
    void aTcbThatJoinsIsNotTheListeners() {
        try (Pair pair = pair()) {
            Stripe.Flow third = pair.open(pair.here, 3, 7);
            pair.world.run(SECOND);
            assertThat(third.events).containsExactly("established");
            assertThat(pair.there.flows.get(2).events).containsExactly("established");
            assertThat(pair.listener.acceptable()).isZero();
        }
    }

    @Test
    void optionsGoOnEveryKindOfSegment() {
        try (Pair pair = pair()) {
            pair.here.send(10_000);
            pair.there.flows.get(0).tcb.demandAck();
            pair.world.run(SECOND);
            assertThat(pair.one.wrote).startsWith(SegmentKind.SYN, SegmentKind.THIRD_ACK).contains(SegmentKind.DATA);
            assertThat(pair.there.flows.get(0).wrote).startsWith(SegmentKind.SYN_ACK).contains(SegmentKind.ACK);
        }
    }

    @Test
    void aDemandedPureAckIsNotSatisfiedByData() {
        try (Pair pair = pair()) {
            pair.here.send(20_000_000);
            pair.world.run(60 * MS);
            long before = pair.one.wrote.stream().filter(kind -> kind == SegmentKind.ACK).count();
            assertThat(pair.there.rcvNxt).as("it has data to send all the while").isLessThan(15_000_000);
            pair.one.tcb.demandPureAck();
            pair.world.run(5 * MS);
            assertThat(pair.one.wrote.stream().filter(kind -> kind == SegmentKind.ACK))
                    .hasSize((int) before + 1);
        }
    }

    @Test
    void pulledDataIsStripedAndJoinedAgainBothWays() {
        try (Pair pair = pair()) {
            pair.here.send(1_500_000);
            pair.there.send(700_000);
            pair.world.run(20 * SECOND);
            assertThat(pair.there.rcvNxt).isEqualTo(1_500_000);
            assertThat(pair.here.rcvNxt).isEqualTo(700_000);
            assertThat(pair.one.pulled).isGreaterThan(300_000);
            assertThat(pair.two.pulled).isGreaterThan(300_000);
            assertThat(pair.one.acked).isEqualTo(pair.one.pulled);
            assertThat(pair.here.peerHas).isEqualTo(1_500_000);
            assertThat(pair.world.frames.inUse()).isZero();
            assertThat(pair.world.chunks.inUse()).isZero();
        }
    }

    @Test
    void lossAndReorderingAreHiddenButTold() {
        LinkConfig bad = LINK.loss(0.02).reorder(0.02, 2 * MS);
        try (Pair pair = new Pair(bad, LINK, TcpConfig.DEFAULT)) {
            pair.here.send(1_000_000);
            pair.world.run(5 * SECOND);
            pair.world.forth.cut(pair.world.clock.nowNs());
            pair.here.send(1000);
            pair.world.run(2 * SECOND);
            pair.world.forth.mend();
            pair.world.run(60 * SECOND);
            assertThat(pair.there.rcvNxt).isEqualTo(1_001_000);
            assertThat(pair.one.events.toString() + pair.two.events).contains("loss").contains("rto");
        }
    }

    @Test
    void theForeignWindowHoldsTheSenderAndItsGrowthIsAnnounced() {
        try (Pair pair = pair()) {
            pair.here.send(100_000);
            pair.world.run(2 * SECOND);
            pair.there.window = 0;
            pair.here.send(2_000_000);
            pair.world.run(5 * SECOND);
            long held = pair.there.rcvNxt;
            assertThat(held).isLessThan(1_000_000);
            pair.there.window = 200_000;
            for (Stripe.Flow flow : pair.there.flows) {
                flow.tcb.windowChanged(pair.world.clock.nowNs());
            }
            pair.world.run(100 * MS);
            assertThat(pair.there.rcvNxt).as("without waiting for a probe").isGreaterThan(held);
            pair.world.run(30 * SECOND);
            assertThat(pair.there.rcvNxt).isEqualTo(2_100_000);
        }
    }

    @Test
    void theForeignWindowIsAdvertisedAsItIsThoughTheFlowsOwnEdgeMovesLeft() {
        try (Pair pair = pair()) {
            Stripe.Flow theirs = pair.there.flows.get(0);
            for (long window : new long[] {200_000, 30_001, 0, 77_000}) {
                pair.there.window = window;
                theirs.tcb.demandAck();
                pair.world.run(SECOND);
                int unit = 1 << theirs.tcb.rcvWndShift;
                long field = (window + unit - 1) / unit * unit;
                assertThat(theirs.advertised).as("what the upper layer is told").isEqualTo(field);
                assertThat(pair.one.tcb.sndWnd()).as("what the peer hears").isEqualTo((int) field);
                assertThat(theirs.tcb.rcvWnd()).as("what is taken").isGreaterThanOrEqualTo(Stripe.BUFFER);
            }
        }
    }

    @Test
    void whatIsOutOfOrderIsBoundedByTheUpperLayersBuffer() {
        try (Pair pair = pair()) {
            Tcb theirs = pair.there.flows.get(0).tcb;
            assertThat(theirs.receiveBuffer.outOfOrderLimit()).isEqualTo(Stripe.BUFFER / 2 * 3);
            theirs.receiveBuffer(4 * Stripe.BUFFER);
            assertThat(theirs.receiveBuffer.outOfOrderLimit()).isEqualTo(Stripe.BUFFER * 6);
        }
    }

    @Test
    void headerPredictionServesFlowsToo() {
        try (Pair pair = pair()) {
            pair.here.send(1_000_000);
            pair.world.run(5 * SECOND);
            assertThat(pair.there.rcvNxt).isEqualTo(1_000_000);
            assertThat(pair.world.server.count("TcpExtTCPHPHits")).isGreaterThan(20);
        }
    }

    @Test
    void duplicateAcksThatBringNewsAreNoLoss() {
        try (Pair pair = pair()) {
            pair.here.send(500_000);
            pair.world.run(20 * SECOND);
            pair.world.forth.reshape(LINK.delay(50 * MS));
            pair.here.send(20_000);
            Tcb theirs = pair.there.flows.get(0).tcb;
            for (int i = 0; i < 6; i++) {
                theirs.demandAck();
                pair.world.run(MS);
            }
            pair.world.run(10 * SECOND);
            assertThat(pair.one.exempted).isGreaterThanOrEqualTo(3);
            assertThat(pair.one.tcb.retransmits()).as("at most a loss probe, for the path became longer").isLessThan(2);
            assertThat(pair.one.tcb.ssthresh()).isEqualTo(CongestionControl.UNLIMITED);
        }
    }

    @Test
    void noSegmentCrossesABoundaryThoughThePeerReneges() {
        try (Pair pair = new Pair(LINK.loss(0.02), LINK, TcpConfig.DEFAULT)) {
            pair.here.send(2_000_000);
            for (int i = 0; i < 600; i++) {
                pair.world.run(50 * MS);
                for (Stripe.Flow flow : List.of(pair.one, pair.two)) {
                    flow.tcb.sent.forgetSacks(); // joined to long records, which the next timeout finds
                }
            }
            assertThat(pair.there.rcvNxt).isEqualTo(2_000_000);
        }
    }

    @Test
    void whatWaitsForABackedOffTimerGoesWhenThePathIsKnownToAnswer() {
        try (Pair pair = pair()) {
            pair.world.forth.cut(pair.world.clock.nowNs());
            pair.here.send(1000);
            pair.world.run(8 * SECOND);
            pair.world.forth.mend();
            pair.world.run(10 * MS);
            assertThat(pair.there.rcvNxt).isZero();
            pair.here.flows.forEach(flow -> flow.tcb.pathAnswers(pair.world.clock.nowNs()));
            pair.world.run(20 * MS);
            assertThat(pair.there.rcvNxt).isEqualTo(1000);
        }
    }

    @Test
    void aDemandedProbeMakesThePeerSayWhereItStands() {
        try (Pair pair = pair()) {
            pair.here.send(1000);
            pair.world.run(SECOND);
            pair.here.peerHas = 0;
            pair.one.tcb.demandProbe();
            pair.world.run(SECOND);
            assertThat(pair.here.peerHas).isEqualTo(1000);
        }
    }

    @Test
    void anAnswerIsDemandedUntilItComes() {
        try (Pair pair = pair()) {
            pair.here.send(1000);
            pair.world.run(SECOND);
            pair.here.peerHas = 0;
            long nowNs = pair.world.clock.nowNs();
            pair.world.forth.cut(nowNs);
            assertThat(pair.one.tcb.demandAnswer(nowNs)).isTrue();
            assertThat(pair.one.tcb.demandAnswer(nowNs)).as("a second question").isFalse();
            pair.world.run(SECOND);
            pair.world.forth.mend();
            pair.world.run(2 * SECOND);
            assertThat(pair.here.peerHas).isEqualTo(1000);
            pair.world.run(10 * SECOND);
            assertThat(pair.one.tcb.demandAnswer(pair.world.clock.nowNs())).as("a new question").isTrue();
        }
    }

    @Test
    void probesBringAnOctetAndThatItArrivedTwiceIsNoNews() {
        try (Pair pair = pair()) {
            pair.here.send(1000);
            pair.world.run(SECOND);
            for (int i = 0; i < 20; i++) {
                pair.one.tcb.demandProbe();
                long heardNs = pair.one.tcb.lastReceivedNs();
                pair.world.run(30_000_000);
                assertThat(pair.one.tcb.lastReceivedNs()).as("answered, however soon").isGreaterThan(heardNs);
            }
            assertThat(pair.one.wrote).contains(SegmentKind.PROBE);
            assertThat(pair.world.client.count("TcpExtTCPDSACKRecv")).isEqualTo(20);
            assertThat(pair.one.tcb.info(pair.world.clock.nowNs()).dsackDups).isZero();
        }
    }

    @Test
    void aDemandedResetCarriesItsReason() {
        try (Pair pair = pair()) {
            pair.there.flows.get(1).tcb.demandReset(pair.world.clock.nowNs());
            pair.world.run(SECOND);
            assertThat(pair.two.resetReason).isEqualTo(77);
            assertThat(pair.two.events).contains("failed RESET", "upper closed", "closed");
            assertThat(pair.there.flows.get(1).events).contains("upper closed");
        }
    }

    @Test
    void aVerdictDiscardsOrResets() {
        try (Pair pair = pair()) {
            pair.there.flows.get(1).refuseOptions = true;
            pair.here.send(100_000);
            pair.world.run(SECOND);
            assertThat(pair.two.events).contains("failed RESET");
            Endpoint plain = pair.world.client.connect(pair.world.server.address, 7, new TcpSettings());
            pair.world.run(SECOND);
            assertThat(plain.heard).containsExactly("established");
            pair.one.tcb.detach(new Endpoint(pair.world), pair.world.clock.nowNs());
            Endpoint successor = (Endpoint) pair.one.tcb.user();
            successor.tcb = pair.one.tcb;
            successor.send(1000); // without the option, which the other end insists on
            pair.world.run(SECOND);
            assertThat(pair.world.server.count("TcpDropUpperLayer")).isPositive();
        }
    }

    @Test
    void aLiveConnectionIsDetachedAndGoesOnAsPlainTcp() {
        try (Pair pair = pair()) {
            pair.here.send(50_000);
            pair.world.run(5 * SECOND);
            Tcb ours = pair.one.tcb;
            Tcb theirs = pair.there.flows.get(0).tcb;
            Endpoint here = new Endpoint(pair.world);
            Endpoint there = new Endpoint(pair.world);
            here.tcb = ours;
            there.tcb = theirs;
            ours.detach(here, pair.world.clock.nowNs());
            theirs.detach(there, pair.world.clock.nowNs());
            here.send(300_000).finish();
            pair.world.run(10 * SECOND);
            there.assertRead(300_000);
            assertThat(there.heard).contains("fin");
            pair.two.tcb.detach(null, pair.world.clock.nowNs());
            pair.world.run(SECOND);
            assertThat(pair.there.flows.get(1).events).contains("fin");
        }
    }

    @Test
    void aCookieGivesTheUpperLayerItsHalfBack() {
        TcpConfig config = TcpConfig.with(c -> c.maxSynBacklog = 0);
        try (Pair pair = new Pair(LINK, LINK, config)) {
            assertThat(pair.claims.fromCookies).isEqualTo(1);
            pair.here.send(300_000);
            pair.world.run(10 * SECOND);
            assertThat(pair.there.rcvNxt).isEqualTo(300_000);
        }
    }

    @Test
    void pureAcksMayGoWithTimestampsThatTakeLessRoomOrNone() {
        for (UpperLayer.Stamping stamping : UpperLayer.Stamping.values()) {
            try (Pair pair = new Pair(LINK, LINK, TcpConfig.DEFAULT)) {
                pair.there.flows.get(0).stamping = stamping;
                pair.here.send(300_000);
                pair.world.run(10 * SECOND);
                assertThat(pair.there.rcvNxt).isEqualTo(300_000);
                assertThat(pair.there.flows.get(0).ackRoom).isEqualTo(switch (stamping) {
                    case ALIGNED -> 28;
                    case PACKED -> 30;
                    case NONE -> 40;
                });
                assertThat(pair.there.flows.get(1).ackRoom).isEqualTo(28);
            }
        }
    }

    @Test
    void aFurtherFlowMayBeAnsweredWithACookieThoughNobodyListensOnItsPort() {
        try (Pair pair = new Pair(LINK, LINK, TcpConfig.DEFAULT)) {
            pair.claims.joinsByCookie = true;
            Stripe.Flow three = pair.open(pair.here, 3, 9998);
            pair.world.run(SECOND);
            assertThat(pair.claims.fromCookies).isEqualTo(1);
            assertThat(three.tcb.state()).isEqualTo(TcpState.ESTABLISHED);
            pair.here.send(300_000);
            pair.world.run(10 * SECOND);
            assertThat(pair.there.rcvNxt).isEqualTo(300_000);
            assertThat(pair.there.flows).hasSize(3);
        }
    }

    @Test
    void withoutCookiesItIsDroppedAndComesAgain() {
        try (Pair pair = new Pair(LINK, LINK, TcpConfig.with(c -> c.synCookies = false))) {
            pair.claims.joinsByCookie = true;
            Stripe.Flow three = pair.open(pair.here, 3, 9998);
            pair.world.run(SECOND / 2);
            assertThat(three.tcb.state()).isEqualTo(TcpState.SYN_SENT);
            pair.claims.joinsByCookie = false;
            pair.world.run(2 * SECOND);
            assertThat(three.tcb.state()).isEqualTo(TcpState.ESTABLISHED);
        }
    }
}
