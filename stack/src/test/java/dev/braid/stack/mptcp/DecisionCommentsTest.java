package dev.braid.stack.mptcp;

import static dev.braid.stack.mptcp.TwoHosts.MS;
import static dev.braid.stack.mptcp.TwoHosts.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.mptcp.path.Endpoint;
import dev.braid.stack.mptcp.path.EndpointException;
import dev.braid.stack.mptcp.path.Limits;
import dev.braid.stack.mptcp.path.PathDecision;
import dev.braid.stack.mptcp.scheduler.SchedulingDecision;
import dev.braid.stack.tcp.Decision;
import dev.braid.stack.tcp.DecisionTrace;
import dev.braid.stack.tcp.TcpConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Whatever is decided about paths and scheduling is said by a packet: on two cores that trace decisions, all of whose frames are read. */
class DecisionCommentsTest {
    private static final long BIG = 40_000_000;

    /** The counters of the decisions that were taken in some scene. */
    private final Set<String> taken = new TreeSet<>();

    @TestFactory
    List<DynamicTest> whateverIsDecidedIsSaidAndNoDecisionIsNeverTaken() {
        return List.of(
                dynamicTest("where data went, and why it waited", this::whereDataWentAndWhyItWaitedIsSaid),
                dynamicTest("why data goes again", this::whyDataGoesAgainIsSaid),
                dynamicTest("silence and return", this::aPathThatFallsSilentAndReturnsIsToldWithItsNumber),
                dynamicTest("waiting for a fast path", this::thatDataWaitsForAFastPathIsSaidByTheNextSegment),
                dynamicTest("sounding a slow path", this::thatASlowPathIsSoundedIsSaid),
                dynamicTest("no path that answers", this::thatNoPathAnswersIsSaid),
                dynamicTest("silence told to the peer", this::whatAReceiverTellsOfSilenceIsSaid),
                dynamicTest("path managers", this::whatPathManagersDoStandsOnTheSegmentsThatDoIt),
                dynamicTest("meshes, limits, families", this::whatAMeshLacksIsSaid),
                dynamicTest("an address of a silent path taken back", this::thatThePeerTookAnAddressBackIsSaid),
                dynamicTest("what is not used or refused", this::whatIsNotUsedOrRefusedIsSaidByTheNextPacket),
                dynamicTest("overflow", this::whenOverflowPathsCarryIsSaid),
                dynamicTest("standing by", this::thatRoundTripsAreAskedForIsSaid),
                dynamicTest("no decision is left out", this::eachWasTaken));
    }

    private void eachWasTaken() {
        Set<String> all = new TreeSet<>();
        Stream.of(SchedulingDecision.values()).map(SchedulingDecision::counter).forEach(all::add);
        Stream.of(LivenessDecision.values()).map(LivenessDecision::counter).forEach(all::add);
        Stream.of(PathDecision.values()).map(PathDecision::counter).forEach(all::add);
        assertThat(taken).containsExactlyElementsOf(all);
    }

    private static CoreConfig unmanaged(boolean liveness) {
        return TwoHosts.config(c -> {
            c.pathManagers = "none";
            c.liveness = liveness;
        });
    }

    private void whatAReceiverTellsOfSilenceIsSaid() {
        LinkConfig link = LinkConfig.PERFECT.rate(20_000_000).queue(100_000).delay(10 * MS);
        for (boolean shared : new boolean[] {false, true}) {
            try (TwoHosts world = new TwoHosts(unmanaged(false), unmanaged(true), link, link)) {
                Comments server = new Comments(world.server);
                TwoHosts.Program[] pair = world.establishFully();
                pair[0].mptcp().roster.join(world.plan(false), world.clock.nowNs());
                world.run(200 * MS);
                if (shared) {
                    pair[1].mptcp().subflows.forEach(subflow -> subflow.localId = 0);
                }
                pair[0].send(BIG);
                world.run(2 * SECOND);
                cut(world, 1);
                world.run(SECOND);
                server.assertComplete();
                assertThat(server.host.count("MptcpLiveUntold")).isEqualTo(shared ? 1 : 0);
                assertThat(server.host.count("MptcpLiveToldRemoveAddr")).isEqualTo(shared ? 0 : 1);
            }
        }
    }

    private void thatASlowPathIsSoundedIsSaid() {
        LinkConfig link = LinkConfig.PERFECT.rate(20_000_000).queue(100_000);
        var narrow = unmanaged(true).withTcp(TcpConfig.with(c -> {
            c.receiveBuffer = 128 << 10;
            c.maxReceiveBuffer = 128 << 10;
        }));
        try (TwoHosts world = new TwoHosts(unmanaged(true), narrow, link.delay(5 * MS), link.delay(100 * MS))) {
            Comments client = new Comments(world.client);
            TwoHosts.Program[] pair = world.establishFully();
            pair[0].mptcp().roster.join(world.plan(false), world.clock.nowNs());
            world.run(SECOND);
            pair[0].send(BIG);
            world.run(5 * SECOND);
            client.assertComplete();
            assertThat(client.parts).contains("sounding: the window grows only with what comes over this path");
        }
    }

    private void thatNoPathAnswersIsSaid() {
        try (TwoHosts world = new TwoHosts(unmanaged(true), unmanaged(true))) {
            Comments client = new Comments(world.client);
            TwoHosts.Program[] pair = world.establishFully();
            MptcpConnection connection = pair[0].mptcp();
            cut(world, 0);
            connection.liveness.suspect(connection.initial, world.clock.nowNs());
            pair[0].send(1000);
            world.run(10 * SECOND);
            mend(world, 0);
            world.run(10 * SECOND);
            pair[0].send(1000);
            world.run(SECOND);
            client.assertComplete();
            assertThat(client.parts).contains("no path answers");
        }
    }

    private void whatAMeshLacksIsSaid() throws EndpointException {
        try (TwoHosts world = shaped(c -> c.linkEndpoints = false)) {
            Comments client = new Comments(world.client);
            paths(world.client).endpoints().limits(new Limits(2, 2));
            add(world.server, "10.0.1.2", Endpoint.SIGNAL);
            int mesh = Endpoint.SUBFLOW | Endpoint.FULLMESH;
            Endpoint own = add(world.client, "10.0.1.1", mesh);
            TwoHosts.Program[] pair = world.establishFully();
            world.run(300 * MS);
            pair[1].mptcp().paths.signals.announce(9, IpAddress.parse("fd00::9"), 0, world.clock.nowNs());
            flush(world);
            world.run(300 * MS);
            pair[1].mptcp().subflows.getLast().reset(0, world.clock.nowNs());
            flush(world);
            world.run(SECOND);
            add(world.client, "10.0.0.1", mesh);
            flush(world);
            world.run(300 * MS);
            for (int flags : new int[] {mesh | Endpoint.BACKUP, mesh}) {
                paths(world.client).endpoints().change(own.id(), flags);
                flush(world);
                world.run(300 * MS);
            }
            world.run(300 * MS);
            pair[0].send(1000);
            world.run(300 * MS);
            client.assertComplete();
            assertThat(client.parts).contains(
                    "for the full mesh", "an announced address not used: family", "made a regular path");
        }
    }

    private void thatThePeerTookAnAddressBackIsSaid() throws EndpointException {
        try (TwoHosts world = shaped(c -> c.linkEndpoints = false)) {
            Comments client = new Comments(world.client);
            paths(world.client).endpoints().limits(new Limits(1, 2));
            Endpoint announced = add(world.server, "10.0.1.2", Endpoint.SIGNAL);
            TwoHosts.Program[] pair = world.establishFully();
            world.run(300 * MS);
            assertThat(pair[0].mptcp().subflows).hasSize(2);
            cut(world, 1);
            paths(world.server).endpoints().remove(announced.id());
            flush(world);
            world.run(10 * SECOND);
            pair[0].send(1000);
            world.run(SECOND);
            client.assertComplete();
            assertThat(client.parts).contains("closed: the peer took its address back");
        }
    }

    private void whenOverflowPathsCarryIsSaid() throws EndpointException {
        LinkConfig link = LinkConfig.PERFECT.rate(20_000_000).delay(10 * MS).queue(100_000);
        try (TwoHosts world = new TwoHosts(TwoHosts.config(c -> {
            c.pathManagers = "endpoints overflow";
            c.linkEndpoints = false;
        }), CoreConfig.DEFAULT.copy(), link.delay(20 * MS), link)) {
            Comments client = new Comments(world.client);
            paths(world.client).endpoints().limits(new Limits(1, 1));
            add(world.client, "10.0.1.1", Endpoint.LAMINAR | Endpoint.OVERFLOW | Endpoint.BACKUP);
            add(world.server, "10.0.1.2", Endpoint.SIGNAL);
            TwoHosts.Program[] pair = world.establishFully();
            world.run(SECOND);
            pair[0].send(15_000_000);
            world.run(5 * SECOND);
            for (int i = 0; i < 20; i++) {
                pair[0].send(125_000);
                world.run(100 * MS);
            }
            world.run(12 * SECOND);
            pair[0].send(1000);
            world.run(SECOND);
            client.assertComplete();
            assertThat(client.parts).contains("waits: a path that yields is spared");
        }
    }

    private void thatRoundTripsAreAskedForIsSaid() {
        try (TwoHosts world = shaped(c -> {
            c.pathManagers = "endpoints standby-rtt";
            c.linkEndpoints = false;
        })) {
            Comments client = new Comments(world.client);
            TwoHosts.Program[] pair = world.establishFully();
            assertThat(pair[0].mptcp().roster.join(world.plan(true), world.clock.nowNs())).isNotNull();
            world.run(SECOND);
            for (int i = 0; i < 20; i++) {
                pair[1].send(500);
                world.run(SECOND / 4);
            }
            client.assertComplete();
            assertThat(client.parts).contains("round trip asked for");
        }
    }

    /** What the frames of one host said. */
    private final class Comments {
        final TwoHosts.Host host;
        /** Each whole. */
        final List<String> all = new ArrayList<>();
        /** Their parts, without the subflow that a part is about. */
        final Set<String> parts = new HashSet<>();

        Comments(TwoHosts.Host host) {
            this.host = host;
            host.core.tcp().traceDecisions(true);
            host.tap = frame -> {
                Decision decision = DecisionTrace.of(frame);
                if (decision != null) {
                    add(decision + MptcpReason.words(DecisionTrace.upperReasons(frame)));
                }
            };
        }

        private void add(String comment) {
            all.add(comment);
            for (String part : comment.split("[,;] ", -1)) {
                parts.add(part.replaceFirst("^subflow [0-9]+ ", ""));
            }
        }

        /** Every decision that was counted is said, too. */
        void assertComplete() {
            for (SchedulingDecision decision : SchedulingDecision.values()) {
                check(decision.counter(), MptcpReason.of(decision));
            }
            for (LivenessDecision decision : LivenessDecision.values()) {
                check(decision.counter(), MptcpReason.of(decision));
            }
            for (PathDecision decision : PathDecision.values()) {
                check(decision.counter(), MptcpReason.of(decision));
            }
        }

        private void check(String counter, int code) {
            String words = MptcpReason.words(code);
            assertThat(words).as("words for %s", counter).startsWith(", ");
            if (host.count(counter) > 0) {
                taken.add(counter);
                assertThat(parts).as(counter).contains(words.substring(2));
            }
        }
    }

    private static TwoHosts shaped(Consumer<MptcpConfig> change) {
        LinkConfig link = LinkConfig.PERFECT.rate(20_000_000).queue(100_000);
        return new TwoHosts(TwoHosts.config(change), TwoHosts.config(change), link.delay(10 * MS), link.delay(15 * MS));
    }

    private static HostPaths paths(TwoHosts.Host host) {
        return host.core.mptcp().hostPaths();
    }

    private static Endpoint add(TwoHosts.Host host, String address, int flags) throws EndpointException {
        return paths(host).endpoints().add(IpAddress.parse(address), 0, flags, -1, 0);
    }

    private static void flush(TwoHosts world) {
        world.client.core.flush(world.clock.nowNs());
        world.server.core.flush(world.clock.nowNs());
    }

    private static void cut(TwoHosts world, int link) {
        world.forth[link].cut(world.clock.nowNs());
        world.back[link].cut(world.clock.nowNs());
    }

    private static void mend(TwoHosts world, int link) {
        world.forth[link].mend();
        world.back[link].mend();
    }

    private void whereDataWentAndWhyItWaitedIsSaid() {
        for (String scheduler : List.of("default", "kernel", "lowest-rtt")) {
            try (TwoHosts world = shaped(c -> {
                c.pathManagers = "none";
                c.scheduler = scheduler;
            })) {
                Comments client = new Comments(world.client);
                TwoHosts.Program[] pair = world.establishFully();
                assertThat(pair[0].mptcp().roster.join(world.plan(false), world.clock.nowNs())).isNotNull();
                world.run(200 * MS);
                pair[0].send(BIG);
                world.run(2 * SECOND);
                cut(world, 1);
                world.run(2 * SECOND);
                mend(world, 1);
                world.run(4 * SECOND);
                client.assertComplete();
                assertThat(client.parts).as(scheduler).contains("reinjection");
                assertThat(client.parts.contains("waits: no path has room")).isEqualTo(scheduler.equals("kernel"));
            }
        }
    }

    private void whyDataGoesAgainIsSaid() {
        try (TwoHosts world = shaped(c -> {
            c.pathManagers = "none";
            c.liveness = false;
            c.staleLossCount = 0;
        })) {
            Comments client = new Comments(world.client);
            TwoHosts.Program[] pair = world.establishFully();
            Subflow joined = pair[0].mptcp().roster.join(world.plan(false), world.clock.nowNs());
            assertThat(joined).isNotNull();
            world.run(200 * MS);
            pair[0].send(BIG);
            world.run(2 * SECOND);
            cut(world, 1);
            world.run(2 * SECOND);
            assertThat(client.all).anyMatch(comment -> comment.contains("; no DATA_ACK in time: goes again"));
            mend(world, 1);
            world.run(5 * SECOND);
            joined.reset(0, world.clock.nowNs());
            flush(world);
            world.run(SECOND);
            assertThat(client.all).anyMatch(comment -> comment.contains("; subflow 1 gone: its data goes over others"));
            client.assertComplete();
        }
    }

    private void aPathThatFallsSilentAndReturnsIsToldWithItsNumber() {
        try (TwoHosts world = shaped(c -> c.pathManagers = "none")) {
            Comments client = new Comments(world.client);
            Comments server = new Comments(world.server);
            TwoHosts.Program[] pair = world.establishFully();
            pair[0].mptcp().roster.join(world.plan(true), world.clock.nowNs());
            world.run(200 * MS);
            pair[1].send(BIG);
            world.run(2 * SECOND);
            cut(world, 0);
            world.run(2 * SECOND);
            mend(world, 0);
            world.run(5 * SECOND);
            client.assertComplete();
            server.assertComplete();
            assertThat(client.all).anyMatch(comment -> comment.contains("; subflow 0 is silent"))
                    .anyMatch(comment -> comment.contains("; subflow 0 answers again"))
                    .anyMatch(comment -> comment.startsWith("UPPER_LAYER, stands in for a silent path"))
                    .anyMatch(comment -> comment.startsWith("UPPER_LAYER, a backup again"))
                    .contains("PROBE, path suspected", "PROBE, silent path");
        }
    }

    private void thatDataWaitsForAFastPathIsSaidByTheNextSegment() {
        LinkConfig link = LinkConfig.PERFECT.rate(20_000_000).queue(100_000);
        var config = TwoHosts.config(c -> c.pathManagers = "none");
        // The window must not be what it waits for.
        var roomy = config.withTcp(TcpConfig.with(c -> c.receiveBuffer = 8 << 20));
        try (TwoHosts world = new TwoHosts(config, roomy, link.delay(5 * MS), link.delay(150 * MS))) {
            Comments client = new Comments(world.client);
            TwoHosts.Program[] pair = world.establishFully();
            pair[0].mptcp().roster.join(world.plan(false), world.clock.nowNs());
            world.run(SECOND);
            for (int i = 0; i < 5; i++) {
                pair[0].send(60_000);
                world.run(SECOND);
            }
            client.assertComplete();
            assertThat(client.all).anyMatch(comment -> comment.contains("; waits for the fastest path"));
        }
    }

    private void whatPathManagersDoStandsOnTheSegmentsThatDoIt() throws EndpointException {
        try (TwoHosts world = shaped(c -> c.linkEndpoints = false)) {
            Comments client = new Comments(world.client);
            Comments server = new Comments(world.server);
            paths(world.client).endpoints().limits(new Limits(1, 2));
            Endpoint announced = add(world.server, "10.0.1.2", Endpoint.SIGNAL);
            Endpoint own = add(world.client, "10.0.1.1", Endpoint.SUBFLOW);
            TwoHosts.Program[] pair = world.establishFully();
            world.run(300 * MS);
            assertThat(pair[0].mptcp().subflows).hasSizeGreaterThan(1);
            paths(world.client).endpoints().change(own.id(), Endpoint.SUBFLOW | Endpoint.BACKUP);
            flush(world);
            world.run(300 * MS);
            paths(world.server).endpoints().remove(announced.id());
            flush(world);
            world.run(5 * SECOND);
            world.client.core.onAddresses(1, List.of(), world.clock.nowNs());
            flush(world);
            world.run(SECOND);
            pair[0].send(100_000);
            world.run(2 * SECOND);
            world.client.core.onAddresses(1, List.of(Prefix.parse("10.0.1.1/24")), world.clock.nowNs());
            flush(world);
            world.run(2 * SECOND);
            pair[0].send(100_000);
            world.run(SECOND);
            client.assertComplete();
            server.assertComplete();
            assertThat(server.all).contains("SYN_ACK, join accepted", "UPPER_LAYER, address announced");
            assertThat(client.all).contains("UPPER_LAYER, made a backup");
            assertThat(client.parts).contains("closed: its address is gone");
            assertThat(client.all)
                    .anyMatch(comment -> comment.matches("SYN, (from an endpoint|to an announced address)"));
        }
    }

    private void whatIsNotUsedOrRefusedIsSaidByTheNextPacket() throws EndpointException {
        for (String manager : List.of("endpoints", "kernel")) {
            try (TwoHosts world = shaped(c -> {
                c.linkEndpoints = false;
                c.pathManagers = manager;
            })) {
                Comments client = new Comments(world.client);
                Comments server = new Comments(world.server);
                paths(world.client).endpoints().limits(new Limits(0, 2));
                paths(world.server).endpoints().limits(new Limits(0, 0));
                add(world.server, "10.0.1.2", Endpoint.SIGNAL);
                TwoHosts.Program[] pair = world.establishFully();
                world.run(300 * MS);
                assertThat(pair[0].mptcp().roster.join(world.plan(false), world.clock.nowNs())).isNotNull();
                world.run(300 * MS);
                pair[0].send(1000);
                pair[1].send(1000);
                world.run(300 * MS);
                client.assertComplete();
                server.assertComplete();
                assertThat(client.parts).as(manager).contains("an announced address not used: limit");
                assertThat(server.parts).contains("a join refused");
            }
        }
    }

    @Test
    void aFallbackIsSaidByTheNextPacket() {
        try (TwoHosts world = new TwoHosts()) {
            Comments client = new Comments(world.client);
            world.server.listen(null);
            world.client.open();
            world.run(100 * MS);
            assertThat(client.parts).contains("fallback: SYN/ACK without MP_CAPABLE");
        }
    }

    @Test
    void notesAreToldOnceThreeToASegment() {
        DecisionNotes notes = new DecisionNotes();
        int silent = MptcpReason.of(LivenessDecision.SILENT);
        int full = MptcpReason.of(SchedulingDecision.NO_ROOM);
        for (int i = 0; i < 2; i++) {
            notes.add(full, -1);
            notes.add(silent, 1);
            notes.add(silent, 2);
            notes.add(MptcpReason.of(PathDecision.REFUSED_FAMILY), -1);
        }
        int fastest = MptcpReason.of(SchedulingDecision.FASTEST);
        assertThat(MptcpReason.words(notes.take(fastest, 0)))
                .isEqualTo(", fastest path; waits: no path has room; subflow 1 is silent; subflow 2 is silent");
        assertThat(MptcpReason.words(notes.take(0, 0))).isEqualTo("; an announced address not used: family");
        assertThat(MptcpReason.words(notes.take(0, 0))).isEmpty();
    }

    @Test
    void aSegmentDoesNotSayTwiceWhatItIsItself() {
        DecisionNotes notes = new DecisionNotes();
        int gone = MptcpReason.of(PathDecision.CLOSED_LOCAL_GONE);
        notes.add(gone, 3);
        assertThat(MptcpReason.words(notes.take(gone, 3))).isEqualTo(", closed: its address is gone");
        assertThat(notes.take(0, 0)).isZero();
    }

    @Test
    void codesOfAnotherBuildAreLeftOut() {
        assertThat(MptcpReason.words(-1L)).isEmpty();
        assertThat(MptcpReason.words(0)).isEmpty();
    }
}
