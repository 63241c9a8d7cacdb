package dev.braid.stack.mptcp;

import static dev.braid.stack.mptcp.TwoHosts.MS;
import static dev.braid.stack.mptcp.TwoHosts.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.TcpOptions;
import dev.braid.stack.mptcp.path.Endpoint;
import dev.braid.stack.mptcp.path.EndpointException;
import dev.braid.stack.mptcp.path.Limits;
import dev.braid.stack.mptcp.path.PathReport;
import dev.braid.stack.mptcp.path.RemoteAddress;
import dev.braid.testing.Rfc;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Addresses announced, joined, taken back and lost between two cores with two links each. */
class PathsTest {
    private static final String CLIENT = "10.0.1.1";
    private static final String SERVER = "10.0.1.2";

    /** Both hosts with endpoints by configuration alone; two further subflows and one announced address allowed. */
    private static TwoHosts world() {
        TwoHosts world = new TwoHosts(
                TwoHosts.config(c -> c.linkEndpoints = false), TwoHosts.config(c -> c.linkEndpoints = false));
        paths(world.client).endpoints().limits(new Limits(1, 2));
        return world;
    }

    private static HostPaths paths(TwoHosts.Host host) {
        return host.core.mptcp().hostPaths();
    }

    private static Endpoint add(TwoHosts.Host host, String address, int port, int flags) {
        try {
            return paths(host).endpoints().add(IpAddress.parse(address), port, flags, -1, 0);
        } catch (EndpointException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> subflows(TwoHosts.Program program) {
        return program.mptcp().subflows.stream()
                .filter(Subflow::usable)
                .map(s -> s.localAddress() + "#" + s.localId() + " " + s.remoteAddress() + "#" + s.remoteId())
                .toList();
    }

    @Test
    @Rfc({"8684", "3.4.1"})
    void anAnnouncedAddressIsEchoedAndJoined() {
        try (TwoHosts world = world()) {
            add(world.server, SERVER, 0, Endpoint.SIGNAL);
            TwoHosts.Program[] pair = world.establishFully();
            world.run(200 * MS);
            assertThat(subflows(pair[0])).containsExactly("10.0.0.1#0 10.0.0.2#0", "10.0.1.1#1 10.0.1.2#1");
            assertThat(subflows(pair[1])).containsExactly("10.0.0.2#0 10.0.0.1#0", "10.0.1.2#1 10.0.1.1#1");
            assertThat(world.server.count("MPTcpExtAddAddrTx")).as("the echo came in time").isEqualTo(1);
            assertThat(world.client.count("MPTcpExtAddAddr")).isEqualTo(1);
            assertThat(world.client.count("MPTcpExtEchoAddTx")).isEqualTo(1);
            assertThat(world.server.count("MPTcpExtEchoAdd")).isEqualTo(1);
            assertThat(world.client.count("MptcpPathOpenedToAnnounced")).isEqualTo(1);
            pair[1].send(2_000_000);
            world.run(5 * SECOND);
            assertThat(pair[0].read).isEqualTo(2_000_000);
            assertThat(pair[0].mptcp().subflows.get(1).tcb.info(0).bytesReceived).isPositive();
        }
    }

    @Test
    @Rfc({"8684", "3.4.1"})
    void anAnnouncedPortIsJoinedThoughNobodyListensThere() {
        try (TwoHosts world = world()) {
            add(world.server, SERVER, 5_000, Endpoint.SIGNAL);
            TwoHosts.Program[] pair = world.establishFully();
            world.run(200 * MS);
            assertThat(pair[0].mptcp().subflows).hasSize(2);
            assertThat(pair[0].mptcp().subflows.get(1).remotePort()).isEqualTo(5_000);
            assertThat(pair[0].mptcp().subflows.get(1).usable()).isTrue();
            assertThat(world.client.count("MPTcpExtPortAdd")).isEqualTo(1);
            assertThat(world.server.count("MPTcpExtMPJoinPortSynRx")).isEqualTo(1);
            assertThat(world.client.count("MPTcpExtMPJoinPortSynAckRx")).isEqualTo(1);
            assertThat(world.server.count("MPTcpExtMPJoinPortAckRx")).isEqualTo(1);
        }
    }

    @Test
    @Rfc({"8684", "3.4.1"})
    void aJoinToAnAnnouncedPortIsOfThatEndpointThoughTheAddressHasAnother() throws Exception {
        try (TwoHosts world = new TwoHosts(TwoHosts.config(c -> c.linkEndpoints = false), TwoHosts.config(c -> {}))) {
            paths(world.client).endpoints().limits(new Limits(1, 2));
            Endpoint plain = paths(world.server).endpoints().find(IpAddress.parse(SERVER), 0).orElseThrow();
            Endpoint withPort = add(world.server, SERVER, 5_000, Endpoint.SIGNAL | Endpoint.BACKUP);
            assertThat(withPort.id()).isNotEqualTo(plain.id());
            TwoHosts.Program[] pair = world.establishFully();
            world.run(200 * MS);
            Subflow ours = pair[1].mptcp().subflows.get(1);
            Subflow theirs = pair[0].mptcp().subflows.get(1);
            assertThat(ours.localId()).isEqualTo(withPort.id());
            assertThat(theirs.remoteId()).isEqualTo(withPort.id());
            assertThat(ours.localBackup()).isTrue();
            assertThat(theirs.remoteBackup()).as("the SYN/ACK says so").isTrue();
            paths(world.server).endpoints().remove(withPort.id());
            world.server.core.flush(world.clock.nowNs());
            world.run(5 * SECOND);
            assertThat(subflows(pair[0])).containsExactly("10.0.0.1#0 10.0.0.2#0");
            assertThat(world.client.count("MPTcpExtRmAddr")).isEqualTo(1);
        }
    }

    @Test
    void anAnnouncedPortIsForJoinsAlone() {
        try (TwoHosts world = world()) {
            add(world.server, "10.0.0.2", TwoHosts.PORT, Endpoint.SIGNAL);
            TwoHosts.Program refused = world.client.open();
            world.run(100 * MS);
            assertThat(refused.heard).containsExactly("failed REFUSED", "closed");
            assertThat(world.server.count("MPTcpExtMPCapableEndpAttempt")).isEqualTo(1);
        }
    }

    @Test
    @Rfc({"8684", "3.2"})
    void aSubflowFromABackupEndpointIsABackupOnBothEnds() {
        try (TwoHosts world = world()) {
            add(world.server, SERVER, 0, Endpoint.SIGNAL | Endpoint.BACKUP);
            TwoHosts.Program[] pair = world.establishFully();
            world.run(200 * MS);
            assertThat(pair[0].mptcp().subflows.get(1).remoteBackup).isTrue();
            assertThat(pair[1].mptcp().subflows.get(1).localBackup).isTrue();
        }
    }

    @Test
    @Rfc({"8684", "3.4.1"})
    void anAnnouncementThatGotLostIsRepeated() {
        try (TwoHosts world = world()) {
            TwoHosts.Program[] pair = world.establishFully();
            world.back[0].cut(world.clock.nowNs());
            add(world.server, SERVER, 0, Endpoint.SIGNAL);
            world.server.core.flush(world.clock.nowNs());
            world.run(150 * MS);
            assertThat(world.client.count("MPTcpExtAddAddr")).isZero();
            world.back[0].mend();
            world.run(2 * SECOND);
            assertThat(world.server.count("MPTcpExtAddAddrTx")).isEqualTo(2);
            assertThat(pair[0].mptcp().subflows).hasSize(2);
        }
    }

    @Test
    void severalAreAnnouncedAtOnceInAsFewAcksAsTheyFitIn() {
        try (TwoHosts world = world()) {
            for (int i = 2; i < 6; i++) {
                add(world.server, "10.0.7." + i, 0, Endpoint.SIGNAL);
            }
            world.establishFully();
            world.run(500 * MS);
            assertThat(world.client.count("MPTcpExtAddAddr")).isEqualTo(4);
            assertThat(world.server.count("MPTcpExtEchoAdd")).isEqualTo(4);
            assertThat(world.server.count("MPTcpExtAddAddrTx")).as("none twice").isEqualTo(4);
        }
    }

    @Test
    @Rfc({"8684", "3.4.2"})
    void anEndpointThatIsRemovedTakesItsSubflowAlongInMidTransfer() throws Exception {
        try (TwoHosts world = world()) {
            Endpoint endpoint = add(world.server, SERVER, 0, Endpoint.SIGNAL);
            TwoHosts.Program[] pair = world.establishFully();
            world.run(200 * MS);
            pair[1].send(3_000_000);
            world.run(50 * MS);
            paths(world.server).endpoints().remove(endpoint.id());
            world.server.core.flush(world.clock.nowNs());
            world.run(10 * SECOND);
            assertThat(pair[0].read).isEqualTo(3_000_000);
            assertThat(subflows(pair[0])).containsExactly("10.0.0.1#0 10.0.0.2#0");
            assertThat(world.server.count("MPTcpExtRmAddrTx")).isEqualTo(1);
            assertThat(world.client.count("MPTcpExtRmAddr")).isEqualTo(1);
            assertThat(world.server.count("MPTcpExtRmSubflow")).isEqualTo(1);
        }
    }

    @Test
    void theInfoCountsTheSubflowsThatThereAreNow() {
        try (TwoHosts world = world()) {
            add(world.client, CLIENT, 0, Endpoint.LAMINAR);
            TwoHosts.Program[] pair = world.establishFully();
            assertThat(info(pair[0], world).subflowsTotal).isEqualTo(1);
            add(world.server, SERVER, 0, Endpoint.SIGNAL);
            world.server.core.flush(world.clock.nowNs());
            world.run(200 * MS);
            assertThat(info(pair[0], world).laminarMax).isEqualTo(1);
            assertThat(info(pair[0], world).subflowsTotal).isEqualTo(2);
            assertThat(info(pair[1], world).subflowsTotal).isEqualTo(2);
            world.client.core.onAddresses(1, List.of(), world.clock.nowNs());
            world.client.core.flush(world.clock.nowNs());
            world.run(100 * MS);
            assertThat(info(pair[0], world).subflowsTotal).isEqualTo(1);
            world.client.core.onAddresses(1, List.of(Prefix.parse(CLIENT + "/24")), world.clock.nowNs());
            world.client.core.flush(world.clock.nowNs());
            world.run(300 * MS);
            assertThat(info(pair[0], world).subflowsTotal).isEqualTo(2);
            assertThat(info(pair[0], world).subflowsEver).isEqualTo(3);
            world.client.core.onAddresses(0, List.of(), world.clock.nowNs());
            world.client.core.flush(world.clock.nowNs());
            world.run(100 * MS);
            assertThat(info(pair[0], world).subflowsTotal).as("the first is gone").isEqualTo(1);
        }
    }

    private static MptcpInfo info(TwoHosts.Program program, TwoHosts world) {
        return program.mptcp().multipathInfo(world.clock.nowNs());
    }

    @Test
    @Rfc({"8684", "3.3.8"})
    void aChangedPriorityIsToldAndKeepsDataAway() throws Exception {
        try (TwoHosts world = world()) {
            Endpoint endpoint = add(world.client, CLIENT, 0, Endpoint.SUBFLOW);
            add(world.server, SERVER, 0, Endpoint.SIGNAL);
            TwoHosts.Program[] pair = world.establishFully();
            world.run(200 * MS);
            paths(world.client).endpoints().change(endpoint.id(), Endpoint.BACKUP);
            world.client.core.flush(world.clock.nowNs());
            world.run(100 * MS);
            Subflow theirs = pair[1].mptcp().subflows.get(1);
            assertThat(theirs.remoteBackup).isTrue();
            assertThat(world.client.count("MPTcpExtMPPrioTx")).isEqualTo(1);
            assertThat(world.server.count("MPTcpExtMPPrioRx")).isEqualTo(1);
            long before = theirs.tcb.info(0).bytesSent;
            pair[1].send(500_000);
            world.run(5 * SECOND);
            assertThat(pair[0].read).isEqualTo(500_000);
            assertThat(theirs.tcb.info(0).bytesSent).isEqualTo(before);
        }
    }

    @Test
    void anAddressThatIsLostIsToldAtOnceAndJoinedAgainWhenItReturns() {
        try (TwoHosts world = world()) {
            add(world.server, SERVER, 0, Endpoint.SIGNAL);
            TwoHosts.Program[] pair = world.establishFully();
            world.run(200 * MS);
            assertThat(subflows(pair[1])).hasSize(2);
            pair[1].send(4_000_000);
            world.run(30 * MS);
            world.client.core.onAddresses(1, List.of(), world.clock.nowNs());
            world.client.core.flush(world.clock.nowNs());
            world.run(20 * MS);
            assertThat(world.server.count("MPTcpExtRmAddr")).as("over the other link").isEqualTo(1);
            world.run(10 * SECOND);
            assertThat(pair[0].read).isEqualTo(4_000_000);
            assertThat(subflows(pair[1])).hasSize(1);
            world.client.core.onAddresses(1, List.of(Prefix.parse(CLIENT + "/24")), world.clock.nowNs());
            world.client.core.flush(world.clock.nowNs());
            world.run(300 * MS);
            assertThat(subflows(pair[1])).hasSize(2);
        }
    }

    @Test
    @Rfc({"8684", "3.4.1"})
    void anAnnouncedAddressThatItsHostLosesIsJoinedAgainWhenItReturns() {
        try (TwoHosts world = world()) {
            add(world.server, SERVER, 0, Endpoint.SIGNAL);
            TwoHosts.Program[] pair = world.establishFully();
            world.run(200 * MS);
            assertThat(subflows(pair[1])).hasSize(2);
            serverLoses(world, () -> world.server.core.onAddresses(1, List.of(), world.clock.nowNs()), pair);
            world.server.core.onAddresses(1, List.of(Prefix.parse(SERVER + "/24")), world.clock.nowNs());
            world.server.core.flush(world.clock.nowNs());
            world.run(300 * MS);
            assertThat(subflows(pair[1])).as("after the address has returned").hasSize(2);
            serverLoses(world, () -> world.server.core.onDevice(1, false, 1_500, world.clock.nowNs()), pair);
            world.server.core.onDevice(1, true, 1_500, world.clock.nowNs());
            world.server.core.flush(world.clock.nowNs());
            world.run(300 * MS);
            assertThat(subflows(pair[1])).as("after the link has returned").hasSize(2);
            assertThat(world.client.count("MPTcpExtAddAddr")).as("once each time").isEqualTo(3);
        }
    }

    private static void serverLoses(TwoHosts world, Runnable address, TwoHosts.Program[] pair) {
        address.run();
        world.server.core.flush(world.clock.nowNs());
        world.run(10 * SECOND);
        assertThat(subflows(pair[0])).as("while it is lost").containsExactly("10.0.0.1#0 10.0.0.2#0");
    }

    @Test
    @Rfc({"8684", "3.1"})
    void aServersJoinIsNotRefusedByAClientThatHasHeardNothingYet() {
        try (TwoHosts world = world()) {
            List<Prefix> two = List.of(Prefix.parse("10.0.0.2/24"), Prefix.parse("10.0.0.3/24"));
            world.server.core.onAddresses(0, two, world.clock.nowNs());
            add(world.server, "10.0.0.3", 0, Endpoint.SUBFLOW);
            TwoHosts.Program[] pair = world.establish();
            world.run(SECOND);
            assertThat(world.server.count("MPTcpExtMPJoinSynTx")).isZero();
            pair[0].send(100);
            world.run(200 * MS);
            assertThat(subflows(pair[1])).hasSize(2);
            assertThat(world.client.count("MPTcpExtMPJoinRejected")).isZero();
        }
    }

    /** Its neighbours, and who it gets addresses from, see such moments often: nobody may stay without the path for ever. */
    @Test
    @Rfc({"8684", "3.4.1"})
    void anAnnouncedAddressThatIsLostForAMomentIsJoinedAgain() {
        try (TwoHosts world = world()) {
            add(world.server, SERVER, 0, Endpoint.SIGNAL);
            TwoHosts.Program[] pair = world.establishFully();
            for (int outageMs : new int[] {0, 1, 5, 30}) {
                world.run(SECOND);
                world.server.core.onAddresses(1, List.of(), world.clock.nowNs());
                if (outageMs > 0) {
                    world.server.core.flush(world.clock.nowNs());
                    world.run(outageMs * MS);
                }
                world.server.core.onAddresses(1, List.of(Prefix.parse(SERVER + "/24")), world.clock.nowNs());
                world.server.core.flush(world.clock.nowNs());
                world.run(4 * SECOND);
                assertThat(subflows(pair[1])).as("after %d ms", outageMs).hasSize(2);
            }
        }
    }

    @Test
    void aLinkThatGoesDownCostsTheConnectionNothingButTheLink() {
        try (TwoHosts world = world()) {
            add(world.server, SERVER, 0, Endpoint.SIGNAL);
            TwoHosts.Program[] pair = world.establishFully();
            world.run(200 * MS);
            pair[0].send(4_000_000);
            world.run(30 * MS);
            world.client.core.onDevice(0, false, 1_500, world.clock.nowNs());
            world.client.core.flush(world.clock.nowNs());
            world.run(10 * SECOND);
            assertThat(pair[1].read).isEqualTo(4_000_100);
            world.client.core.onDevice(0, true, 1_500, world.clock.nowNs());
            world.client.core.flush(world.clock.nowNs());
            world.run(300 * MS);
            assertThat(subflows(pair[0])).contains("10.0.0.1#0 10.0.0.2#0").hasSize(2);
        }
    }

    @Test
    void aConnectionBegunOverIpv4GetsASubflowOverIpv6() {
        try (TwoHosts world = world()) {
            List<Prefix> both = List.of(Prefix.parse(CLIENT + "/24"), Prefix.parse("fd01::1/64"));
            world.client.core.onAddresses(1, both, world.clock.nowNs());
            both = List.of(Prefix.parse(SERVER + "/24"), Prefix.parse("fd01::2/64"));
            world.server.core.onAddresses(1, both, world.clock.nowNs());
            add(world.server, "fd01::2", 0, Endpoint.SIGNAL);
            add(world.client, "fd01::1", 0, Endpoint.SUBFLOW);
            TwoHosts.Program[] pair = world.establishFully();
            world.run(500 * MS);
            assertThat(subflows(pair[0])).containsExactly("10.0.0.1#0 10.0.0.2#0", "fd01::1#1 fd01::2#1");
            pair[1].send(1_000_000);
            world.run(5 * SECOND);
            assertThat(pair[0].read).isEqualTo(1_000_000);
            assertThat(pair[0].mptcp().subflows.get(1).tcb.info(0).bytesReceived).isPositive();
        }
    }

    @Test
    @Rfc({"8684", "A"})
    void anIpv6AddressWithAPortFitsBesideTimestampsThatHaveNoPadding() {
        for (boolean drop : new boolean[] {true, false}) {
            try (TwoHosts world = new TwoHosts(TwoHosts.config(c -> c.linkEndpoints = false), TwoHosts.config(c -> {
                c.linkEndpoints = false;
                c.addAddrV6PortDropTimestamps = drop;
            }))) {
                List<Integer> unusual = new ArrayList<>();
                add(world.server, "fd01::2", 5_000, Endpoint.SIGNAL);
                add(world.server, "fd01::3", 0, Endpoint.SIGNAL);
                world.server.tap = frame -> {
                    long tcp = frame.data() + 20;
                    boolean syn = (Memory.u8(tcp + 13) & Tcp.SYN) != 0;
                    if (!syn && Memory.u8(tcp + 22) != TcpOptions.KIND_TIMESTAMPS) {
                        unusual.add(Memory.u8(tcp + 20));
                    }
                };
                TwoHosts.Program[] pair = world.establishFully();
                world.run(5 * SECOND);
                assertThat(world.client.count("MPTcpExtAddAddr")).isEqualTo(2);
                assertThat(world.server.count("MPTcpExtEchoAdd")).isEqualTo(2);
                assertThat(unusual).as("what that ACK alone begins with")
                        .containsExactly(drop ? TcpOptions.KIND_MPTCP : TcpOptions.KIND_TIMESTAMPS);
                pair[1].send(100_000);
                world.run(SECOND);
                assertThat(pair[0].read).isEqualTo(100_000);
            }
        }
    }

    @Test
    @Rfc({"8684", "3.4.1"})
    void anIdentifierNeverStandsForTwoAddresses() {
        try (TwoHosts world = world()) {
            add(world.server, SERVER, 0, Endpoint.SIGNAL);
            TwoHosts.Program[] pair = world.establishFully();
            world.run(200 * MS);
            MptcpConnection theirs = pair[1].mptcp();
            long now = world.clock.nowNs();
            assertThat(theirs.paths.signals.announce(1, IpAddress.parse("10.0.1.99"), 0, now)).isFalse();
            assertThat(theirs.paths.signals.announce(1, IpAddress.parse(SERVER), 99, now)).isTrue();
            // One that has forgotten what it said before is not believed.
            theirs.paths.signals.withdraw(new int[0], 0);
            RemoteAddresses known = pair[0].mptcp().paths.remotes;
            RemoteAddress other = new RemoteAddress(1, IpAddress.parse("10.0.1.99"), 0);
            assertThat(known.learn(other)).isEqualTo(RemoteAddresses.News.CONFLICT);
            assertThat(known.remove(1)).isNotNull();
            assertThat(known.learn(other)).isEqualTo(RemoteAddresses.News.FRESH);
        }
    }

    @Test
    void whatIsTakenBackAfterAllPathsAreOverIsDropped() {
        try (TwoHosts world = world()) {
            add(world.server, SERVER, 0, Endpoint.SIGNAL);
            TwoHosts.Program[] pair = world.establishFully();
            world.run(200 * MS);
            pair[0].mptcp().paths.onNoMorePaths();
            pair[1].mptcp().paths.signals.withdraw(new int[] {1}, 0);
            world.server.core.flush(world.clock.nowNs());
            world.run(200 * MS);
            assertThat(world.client.count("MPTcpExtRmAddr")).isEqualTo(1);
            assertThat(world.client.count("MPTcpExtRmAddrDrop")).isEqualTo(1);
        }
    }

    @Test
    void joinsBeyondTheLimitAreRejected() {
        try (TwoHosts world = world()) {
            paths(world.server).endpoints().limits(new Limits(0, 0));
            add(world.server, SERVER, 0, Endpoint.SIGNAL);
            TwoHosts.Program[] pair = world.establishFully();
            world.run(20 * SECOND);
            assertThat(subflows(pair[0])).hasSize(1);
            assertThat(world.server.count("MPTcpExtMPJoinRejected")).as("refused once, tried once").isEqualTo(1);
        }
    }

    @Test
    void aConnectionsManagersCanBeReplacedWhileItRuns() {
        try (TwoHosts world = world()) {
            TwoHosts.Program[] pair = world.establishFully();
            assertThat(pair[0].mptcp().pathManagers()).containsExactly("endpoints");
            pair[0].mptcp().pathManagers("none");
            add(world.server, SERVER, 0, Endpoint.SIGNAL);
            world.server.core.flush(world.clock.nowNs());
            world.run(500 * MS);
            assertThat(subflows(pair[0])).as("told, not used").hasSize(1);
            pair[0].mptcp().pathManagers("endpoints");
            world.client.core.flush(world.clock.nowNs());
            world.run(500 * MS);
            assertThat(subflows(pair[0])).as("what was told before is used").hasSize(2);
        }
    }

    @Test
    void theKernelsManagerDoesTheSame() {
        CapturedWorld captured = new CapturedWorld();
        try (TwoHosts world = captured.world) {
            TwoHosts.Program[] pair = world.establishFully();
            world.run(500 * MS);
            assertThat(pair[0].mptcp().pathManagers()).containsExactly("kernel");
            assertThat(subflows(pair[0])).containsExactly("10.0.0.1#0 10.0.0.2#0", "10.0.1.1#1 10.0.1.2#1");
        }
    }

    @Test
    void theKernelsManagerOpensNothingTowardsTheHostsOwnClients() {
        try (TwoHosts world = new TwoHosts(
                TwoHosts.config(c -> c.linkEndpoints = false), TwoHosts.config(c -> c.pathManagers = "kernel"))) {
            world.establishFully();
            world.run(500 * MS);
            assertThat(world.server.count("MPTcpExtMPJoinSynTx")).isZero();
            add(world.server, SERVER, 0, Endpoint.SIGNAL);
            world.server.core.flush(world.clock.nowNs());
            world.run(500 * MS);
            assertThat(world.client.count("MPTcpExtAddAddr")).as("what takes the place of an automatic one")
                    .isEqualTo(1);
        }
    }

    /** Both hosts with the kernel's manager, the server announcing. */
    private static final class CapturedWorld {
        final TwoHosts world = new TwoHosts(TwoHosts.config(c -> {
            c.linkEndpoints = false;
            c.pathManagers = "kernel";
        }), TwoHosts.config(c -> {
            c.linkEndpoints = false;
            c.pathManagers = "kernel";
        }));

        CapturedWorld() {
            paths(world.client).endpoints().limits(new Limits(1, 2));
            add(world.server, SERVER, 0, Endpoint.SIGNAL);
        }
    }

    @Test
    void watchersHearWhatIpMptcpMonitorShows() throws Exception {
        try (TwoHosts world = world()) {
            List<String> heard = new ArrayList<>();
            paths(world.client).watch(report -> heard.add(line(report)));
            Endpoint endpoint = add(world.server, SERVER, 0, Endpoint.SIGNAL);
            TwoHosts.Program[] pair = world.establishFully();
            world.run(200 * MS);
            paths(world.server).endpoints().remove(endpoint.id());
            world.server.core.flush(world.clock.nowNs());
            world.run(5 * SECOND);
            pair[0].connection.abort(world.clock.nowNs());
            world.client.core.flush(world.clock.nowNs());
            world.run(SECOND);
            assertThat(heard)
                    .containsExactly(
                            "CREATED #0 #0", "ESTABLISHED #0 #0", "ANNOUNCED #1 #-1", "SF_ESTABLISHED #1 #1",
                            "REMOVED #1 #-1", "SF_CLOSED #1 #1", "SF_CLOSED #0 #0", "CLOSED #-1 #-1");
        }
    }

    private static String line(PathReport report) {
        return report.type() + " #" + report.remoteId() + " #" + report.localId();
    }

    @Test
    void nothingIsLeftBehind() {
        try (TwoHosts world = world()) {
            add(world.server, SERVER, 0, Endpoint.SIGNAL);
            TwoHosts.Program[] pair = world.establishFully();
            world.run(200 * MS);
            pair[0].finish();
            pair[1].finish();
            world.run(SECOND);
            pair[0].connection.close(world.clock.nowNs());
            pair[1].connection.close(world.clock.nowNs());
            world.run(130 * SECOND);
            world.assertNothingLeft();
        }
    }
}
