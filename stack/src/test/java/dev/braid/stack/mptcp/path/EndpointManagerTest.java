package dev.braid.stack.mptcp.path;

import static dev.braid.stack.mptcp.path.FakeConnection.CLIENT;
import static dev.braid.stack.mptcp.path.FakeConnection.CLIENT_2;
import static dev.braid.stack.mptcp.path.FakeConnection.CLIENT_3;
import static dev.braid.stack.mptcp.path.FakeConnection.CLIENT_6;
import static dev.braid.stack.mptcp.path.FakeConnection.CLIENT_7;
import static dev.braid.stack.mptcp.path.FakeConnection.SERVER_2;
import static dev.braid.stack.mptcp.path.FakeConnection.SERVER_6;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.tcp.TcpFailure;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** What Braid's own manager does beyond Linux's. */
final class EndpointManagerTest extends PathManagerContract {
    @Override
    PathManager manager() {
        return new EndpointManager();
    }

    @Test
    void allAddressesAreAnnouncedAtOnce() {
        connection.add(CLIENT_2, Endpoint.SIGNAL);
        connection.add(CLIENT_3, Endpoint.SIGNAL);
        connection.begin();
        assertThat(connection.log).containsExactly("announce 1 10.0.2.1", "announce 2 10.0.3.1");
    }

    @Test
    void announcedAddressesAreKeptUntilLimitsAllowThem() {
        connection.begin();
        connection.announced(4, SERVER_2, 0);
        assertThat(connection.log).isEmpty();
        connection.endpoints.limits(new Limits(1, 2));
        assertThat(connection.log).containsExactly("open 0.0.0.0#0 > 10.9.0.2:80#4");
    }

    @Test
    void anIpv6EndpointGoesToAnAnnouncedIpv6AddressThoughTheConnectionBeganOverIpv4() {
        connection.endpoints.limits(new Limits(1, 2));
        connection.locals.add(new LocalAddress(CLIENT_6, 1));
        connection.add(CLIENT_6, Endpoint.SUBFLOW);
        connection.begin();
        connection.announced(4, SERVER_6, 0);
        assertThat(connection.log).containsExactly("open fd01::1#1 > fd09::1:80#4");
    }

    @Test
    void anAnnouncedAddressOfAFamilyThisHostHasNotIsLeftAlone() {
        connection.endpoints.limits(new Limits(1, 2));
        connection.begin();
        connection.announced(4, SERVER_6, 0);
        assertThat(connection.log).isEmpty();
    }

    @Test
    void whatAPredecessorMadeBackupsIsWhatItsEndpointSaysAgain() {
        connection.manager = StandbyManager.byOrder();
        connection.add(CLIENT, Endpoint.SUBFLOW | Endpoint.BACKUP);
        connection.add(CLIENT_2, Endpoint.SUBFLOW);
        connection.begin();
        connection.establish(connection.open(
                new SubflowPlan(new LocalAddress(CLIENT_2, 1), 0, 2, FakeConnection.SERVER, FakeConnection.PORT, 0,
                        true)));
        connection.manager = manager();
        connection.log.clear();
        connection.tell(new PathEvent.Attached());
        assertThat(connection.log).containsExactly("priority 0 backup", "priority 1 regular");
        connection.log.clear();
        connection.tell(new PathEvent.Attached());
        assertThat(connection.log).as("nothing is left to tell").isEmpty();
    }

    @Test
    void aLostSubflowIsOpenedAgainWithBackOff() {
        connection.add(CLIENT_2, Endpoint.SUBFLOW);
        connection.begin();
        connection.establishAll();
        connection.fail(1, TcpFailure.TIMED_OUT);
        assertThat(connection.subflows).as("not at once").hasSize(1);
        connection.pass(500);
        assertThat(connection.subflows).hasSize(2);
        assertThat(connection.decisions).containsEntry(PathDecision.REOPENED, 1);
        connection.pass(300);
        assertThat(connection.log).as("an attempt that gets no answer is abandoned").endsWith("close 2");
        connection.log.clear();
        connection.pass(3_600_000);
        long attempts = connection.log.stream().filter(line -> line.startsWith("open")).count();
        assertThat(attempts).as("attempts in an hour").isBetween(40L, 80L);
    }

    @Test
    void thePathIsAskedAboutEverySecondOrMoreOftenAtFirst() {
        connection.add(CLIENT_2, Endpoint.SUBFLOW);
        connection.begin();
        connection.establishAll();
        connection.fail(1, TcpFailure.TIMED_OUT);
        connection.log.clear();
        connection.pass(6_000);
        assertThat(connection.log.stream().filter(line -> line.startsWith("open"))).hasSize(6);
    }

    @Test
    void anAttemptWhoseSynWasAnsweredIsNotAbandoned() {
        connection.add(CLIENT_2, Endpoint.SUBFLOW);
        connection.begin();
        connection.get(1).answered = true;
        connection.pass(10_000);
        assertThat(connection.log).containsExactly("open 10.0.2.1#1 > 10.9.0.1:80#0");
        connection.fail(1, TcpFailure.TIMED_OUT);
        connection.pass(200);
        assertThat(connection.log).hasSize(2);
    }

    @Test
    void whereTheConnectionBeganIsReopenedToo() {
        connection.add(CLIENT_2, Endpoint.SUBFLOW);
        connection.begin();
        connection.establishAll();
        connection.fail(0, TcpFailure.TIMED_OUT);
        connection.pass(600);
        assertThat(connection.log).last().isEqualTo("open 10.0.1.1#0 > 10.9.0.1:80#0");
    }

    /** An announced address is joined from whatever address the route chooses; but not from one that somebody took away. */
    @Test
    void noRouteChoosesAnAddressWhoseEndpointWasTakenAway() {
        connection.endpoints.limits(new Limits(2, 2));
        connection.locals.add(new LocalAddress(CLIENT_6, 1));
        Endpoint second = connection.add(CLIENT_6, Endpoint.SUBFLOW);
        connection.begin();
        connection.announced(4, SERVER_6, 0);
        connection.establishAll();
        PathSubflow joined = connection.get(1);
        connection.remove(second);
        connection.tell(new PathEvent.SubflowClosed(joined, null, null));
        connection.pass(60_000);
        assertThat(connection.log).as("closed, told, and no more").containsExactly(
                "open fd01::1#1 > fd09::1:80#4", "withdraw 1", "close 1");
        LocalAddress another = new LocalAddress(CLIENT_7, 1);
        connection.locals.add(another);
        connection.tell(new PathEvent.LocalAddressAdded(another));
        assertThat(connection.log).as("from another one").last().isEqualTo("open fd02::1#2 > fd09::1:80#4");
    }

    @Test
    void anAddressWhoseEndpointReturnsIsChosenAgain() {
        connection.endpoints.limits(new Limits(2, 2));
        connection.locals.add(new LocalAddress(CLIENT_6, 1));
        Endpoint second = connection.add(CLIENT_6, 0);
        connection.begin();
        connection.remove(second);
        connection.announced(4, SERVER_6, 0);
        assertThat(connection.log).isEmpty();
        connection.add(CLIENT_6, 0);
        assertThat(connection.log).containsExactly("open ::#0 > fd09::1:80#4");
    }

    @Test
    void whereTheConnectionBeganIsNotReopenedOnceItsEndpointIsTakenAway() {
        Endpoint first = connection.add(CLIENT, Endpoint.SUBFLOW);
        connection.add(CLIENT_2, Endpoint.SUBFLOW);
        connection.begin();
        connection.establishAll();
        PathSubflow initial = connection.get(0);
        connection.remove(first);
        connection.tell(new PathEvent.SubflowClosed(initial, null, null));
        connection.pass(60_000);
        assertThat(connection.log).as("closed, told, and no more").containsExactly(
                "open 10.0.2.1#2 > 10.9.0.1:80#0", "withdraw 0", "close 0");
        connection.add(CLIENT, Endpoint.SUBFLOW);
        connection.pass(1);
        assertThat(connection.log).last().isEqualTo("open 10.0.1.1#0 > 10.9.0.1:80#0");
    }

    @Test
    void aServerReopensNothing() {
        connection.serverSide = true;
        connection.add(CLIENT_2, Endpoint.SUBFLOW | Endpoint.AUTOMATIC);
        connection.begin();
        connection.fail(0, TcpFailure.TIMED_OUT);
        connection.pass(60_000);
        assertThat(connection.log).isEmpty();
    }

    @Test
    void whatThePeerRefusedIsNotTriedAgainUntilItIsAnnouncedAfresh() {
        connection.endpoints.limits(new Limits(1, 2));
        connection.begin();
        connection.announced(4, SERVER_2, 0);
        connection.fail(1, TcpFailure.REFUSED);
        connection.pass(600_000);
        assertThat(connection.log).hasSize(1);
        connection.announced(4, SERVER_2, 0);
        assertThat(connection.log).hasSize(2);
    }

    @Test
    void anAddressThatIsLostIsToldOverAnotherPathAndItsSubflowsEndAtOnce() {
        connection.add(CLIENT_2, Endpoint.SUBFLOW);
        connection.begin();
        connection.establishAll();
        connection.log.clear();
        connection.locals.removeIf(local -> local.address().equals(CLIENT));
        connection.tell(new PathEvent.LocalAddressRemoved(new LocalAddress(CLIENT, 0)));
        assertThat(connection.log).containsExactly("withdraw 0", "reset 0");
        connection.pass(60_000);
        assertThat(connection.log).as("nothing can start from there").hasSize(2);
        connection.locals.add(new LocalAddress(CLIENT, 0));
        connection.tell(new PathEvent.LocalAddressAdded(new LocalAddress(CLIENT, 0)));
        assertThat(connection.log).last().isEqualTo("open 10.0.1.1#0 > 10.9.0.1:80#0");
    }

    @Test
    void aLinkThatGoesDownTakesItsSubflowsAndBringsThemBack() {
        connection.add(CLIENT_2, Endpoint.SUBFLOW);
        connection.begin();
        connection.establishAll();
        connection.log.clear();
        connection.locals.removeIf(local -> local.link() == 0);
        connection.tell(new PathEvent.LinkChanged(0, false));
        assertThat(connection.log).containsExactly("withdraw 0", "reset 0");
        connection.locals.add(new LocalAddress(CLIENT, 0));
        connection.tell(new PathEvent.LinkChanged(0, true));
        assertThat(connection.log).last().isEqualTo("open 10.0.1.1#0 > 10.9.0.1:80#0");
    }

    @Test
    @Rfc({"8684", "3.4.2"})
    void anAnnouncedAddressThatIsLostIsTakenBackAndAnnouncedAgainWhenItReturns() {
        connection.add(CLIENT_2, Endpoint.SIGNAL);
        connection.begin();
        connection.locals.remove(new LocalAddress(CLIENT_2, 1));
        connection.tell(new PathEvent.LocalAddressRemoved(new LocalAddress(CLIENT_2, 1)));
        connection.pass(60_000);
        assertThat(connection.log).containsExactly("announce 1 10.0.2.1", "withdraw 1");
        connection.locals.add(new LocalAddress(CLIENT_2, 1));
        connection.tell(new PathEvent.LocalAddressAdded(new LocalAddress(CLIENT_2, 1)));
        assertThat(connection.log).containsExactly("announce 1 10.0.2.1", "withdraw 1", "announce 1 10.0.2.1");
    }

    @Test
    @Rfc({"8684", "3.4.2"})
    void whatWasAnnouncedOfALinkThatGoesDownIsTakenBackUntilTheLinkReturns() {
        connection.add(CLIENT_2, Endpoint.SIGNAL);
        connection.add(CLIENT_3, Endpoint.SIGNAL);
        connection.locals.add(new LocalAddress(CLIENT_3, 1));
        connection.begin();
        // The peer has joined to one of them, twice.
        connection.join(new SubflowPlan(new LocalAddress(CLIENT_2, 1), 80, 1, SERVER_2, 999, 3, false));
        connection.join(new SubflowPlan(new LocalAddress(CLIENT_2, 1), 80, 1, SERVER_2, 998, 3, false));
        connection.log.clear();
        connection.locals.removeIf(local -> local.link() == 1);
        connection.tell(new PathEvent.LinkChanged(1, false));
        connection.pass(60_000);
        assertThat(connection.log).containsExactlyInAnyOrder("withdraw 1", "withdraw 2", "reset 1", "reset 2");
        connection.log.clear();
        connection.locals.add(new LocalAddress(CLIENT_2, 1));
        connection.locals.add(new LocalAddress(CLIENT_3, 1));
        connection.tell(new PathEvent.LinkChanged(1, true));
        assertThat(connection.log).containsExactly("announce 1 10.0.2.1", "announce 2 10.0.3.1");
    }

    /** Such as the one before an address translator: nobody can say that it was lost. */
    @Test
    void anAddressThatTheHostNeverHadIsAnnouncedWhateverItsLinksDo() {
        connection.add(SERVER_2, Endpoint.SIGNAL);
        connection.begin();
        connection.locals.removeIf(local -> local.link() == 1);
        connection.tell(new PathEvent.LinkChanged(1, false));
        assertThat(connection.log).containsExactly("announce 1 10.9.0.2");
    }

    @Test
    void aLinkThatIsDoubtedHasItsSubflowsAsked() {
        connection.add(CLIENT_2, Endpoint.SUBFLOW);
        connection.begin();
        connection.establishAll();
        connection.log.clear();
        connection.tell(new PathEvent.LinkDoubted(1));
        assertThat(connection.log).containsExactly("suspect 1");
        connection.tell(new PathEvent.LinkDoubted(0));
        assertThat(connection.log).containsExactly("suspect 1", "suspect 0");
    }

    @Test
    void theLastSubflowOutlivesItsLinksPause() {
        connection.begin();
        connection.locals.removeIf(local -> local.link() == 0);
        connection.tell(new PathEvent.LinkChanged(0, false));
        assertThat(connection.subflows).hasSize(1);
    }

    @Test
    void anAddressThatIsTakenBackIsAskedWhetherItLivesFirst() {
        connection.endpoints.limits(new Limits(1, 2));
        connection.begin();
        connection.announced(4, SERVER_2, 0);
        connection.establishAll();
        connection.log.clear();
        connection.takenBack(4);
        assertThat(connection.log).containsExactly("suspect 1");
        connection.pass(500);
        assertThat(connection.log).containsExactly("suspect 1", "reset 1");
        connection.pass(600_000);
        assertThat(connection.log).as("it is not to be used any more").hasSize(2);
    }

    @Test
    void aSubflowThatLivesIsLeftToThePeerThatTookItsAddressBack() {
        connection.endpoints.limits(new Limits(1, 2));
        connection.begin();
        connection.announced(4, SERVER_2, 0);
        connection.establishAll();
        connection.takenBack(4);
        connection.get(1).stale = false;
        connection.tell(new PathEvent.SubflowAnswered(connection.get(1)));
        connection.pass(600_000);
        assertThat(connection.subflows).hasSize(2);
    }

    @Test
    void thereIsNoFixedLimitOfEight() {
        connection.endpoints.limits(new Limits(0, 20));
        for (int i = 1; i <= 20; i++) {
            IpAddress address = IpAddress.parse("10.7.0." + i);
            connection.locals.add(new LocalAddress(address, i));
            connection.add(address, Endpoint.SUBFLOW);
        }
        connection.begin();
        assertThat(connection.subflows).hasSize(21);
    }

    @Test
    void endingAFullMeshClosesWhatItOpened() {
        connection.endpoints.limits(new Limits(1, 4));
        Endpoint endpoint = connection.add(CLIENT_2, Endpoint.SUBFLOW | Endpoint.FULLMESH);
        connection.begin();
        connection.announced(4, SERVER_2, 0);
        connection.establishAll();
        assertThat(connection.subflows).hasSize(3);
        connection.change(endpoint, 0);
        assertThat(connection.log).contains("close 2").doesNotContain("close 1");
    }

    @Test
    void theLimitIsNotWorthWakingUpFor() {
        connection.endpoints.limits(new Limits(0, 0));
        connection.add(CLIENT_2, Endpoint.SUBFLOW);
        connection.begin();
        assertThat(connection.wakeNs).isEqualTo(Long.MAX_VALUE);
        assertThat(connection.decisions).containsKey(PathDecision.REFUSED_SUBFLOW_LIMIT);
    }
}
