package dev.braid.stack.mptcp.path;

import static dev.braid.stack.mptcp.path.FakeConnection.CLIENT;
import static dev.braid.stack.mptcp.path.FakeConnection.CLIENT_2;
import static dev.braid.stack.mptcp.path.FakeConnection.CLIENT_3;
import static dev.braid.stack.mptcp.path.FakeConnection.CLIENT_6;
import static dev.braid.stack.mptcp.path.FakeConnection.SERVER_2;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** What every path manager that works by endpoints and limits does. */
abstract class PathManagerContract {
    final FakeConnection connection = new FakeConnection(manager());

    abstract PathManager manager();

    @Test
    void aSubflowGoesFromEachSubflowEndpointToWhereTheConnectionBegan() {
        connection.add(CLIENT_2, Endpoint.SUBFLOW);
        connection.begin();
        assertThat(connection.log).containsExactly("open 10.0.2.1#1 > 10.9.0.1:80#0");
    }

    @Test
    void anEndpointAddedLaterIsUsedToo() {
        connection.begin();
        assertThat(connection.log).isEmpty();
        connection.add(CLIENT_2, Endpoint.SUBFLOW);
        assertThat(connection.log).containsExactly("open 10.0.2.1#1 > 10.9.0.1:80#0");
    }

    @Test
    void nothingIsOpenedFromTheAddressTheConnectionBeganWith() {
        connection.add(CLIENT, Endpoint.SUBFLOW);
        connection.begin();
        assertThat(connection.subflows).hasSize(1);
    }

    @Test
    void noMoreSubflowsAreOpenedThanTheLimitAllows() {
        connection.locals.add(new LocalAddress(CLIENT_3, 2));
        connection.endpoints.limits(new Limits(0, 1));
        connection.add(CLIENT_2, Endpoint.SUBFLOW);
        connection.add(CLIENT_3, Endpoint.SUBFLOW);
        connection.begin();
        connection.establishAll();
        assertThat(connection.log).containsExactly("open 10.0.2.1#1 > 10.9.0.1:80#0");
    }

    @Test
    void subflowsThatThePeerOpenedCountToo() {
        connection.endpoints.limits(new Limits(0, 1));
        connection.subflows.add(new FakeConnection.FakeSubflow(
                new SubflowPlan(new LocalAddress(CLIENT, 0), 80, 0, SERVER_2, 999, 3, false), 9, false));
        connection.add(CLIENT_2, Endpoint.SUBFLOW);
        connection.begin();
        assertThat(connection.log).isEmpty();
    }

    @Test
    void nothingHappensBeforeBothEndsProvedMultipathTcp() {
        connection.established = false;
        connection.add(CLIENT_2, Endpoint.SUBFLOW | Endpoint.SIGNAL);
        assertThat(connection.log).isEmpty();
    }

    @Test
    @Rfc({"8684", "3.1"})
    void nothingIsOpenedBeforeThePeerIsSureOfTheKeys() {
        connection.serverSide = true;
        connection.mayOpen = false;
        connection.locals.add(new LocalAddress(CLIENT_3, 2));
        connection.endpoints.limits(new Limits(0, 2));
        connection.add(CLIENT_2, Endpoint.SUBFLOW | Endpoint.SIGNAL);
        connection.add(CLIENT_3, Endpoint.SUBFLOW);
        connection.begin();
        connection.echo(1);
        connection.pass(60_000);
        assertThat(connection.log).as("may be told at any time").containsExactly("announce 1 10.0.2.1");
        connection.mayOpen = true;
        connection.tell(new PathEvent.MayOpen());
        connection.establishAll();
        assertThat(connection.log).containsExactly("announce 1 10.0.2.1", "open 10.0.2.1#1 > 10.9.0.1:80#0",
                "open 10.0.3.1#2 > 10.9.0.1:80#0");
    }

    @Test
    void whatIsTakenAwayBeforeItMayBeOpenedIsNot() {
        connection.serverSide = true;
        connection.mayOpen = false;
        Endpoint endpoint = connection.add(CLIENT_2, Endpoint.SUBFLOW);
        connection.begin();
        connection.remove(endpoint);
        connection.mayOpen = true;
        connection.tell(new PathEvent.MayOpen());
        assertThat(connection.log).isEmpty();
    }

    @Test
    void aBackupEndpointMakesBackups() {
        connection.add(CLIENT_2, Endpoint.SUBFLOW | Endpoint.BACKUP);
        connection.begin();
        assertThat(connection.log).containsExactly("open 10.0.2.1#1 > 10.9.0.1:80#0 backup");
    }

    @Test
    void aSignalEndpointIsAnnouncedAndOpensNothing() {
        connection.add(CLIENT_2, 5_000, Endpoint.SIGNAL);
        connection.begin();
        assertThat(connection.log).containsExactly("announce 1 10.0.2.1 port 5000");
    }

    @Test
    void anEndpointOfTheOtherFamilyHasNowhereToGo() {
        connection.locals.add(new LocalAddress(CLIENT_6, 1));
        connection.add(CLIENT_6, Endpoint.SUBFLOW);
        connection.begin();
        assertThat(connection.log).isEmpty();
    }

    @Test
    void anAnnouncedAddressIsNotUsedByDefault() {
        connection.begin();
        connection.announced(4, SERVER_2, 0);
        assertThat(connection.log).isEmpty();
    }

    @Test
    void anAnnouncedAddressIsConnectedToWithinTheLimitOnTheFirstSubflowsPort() {
        connection.endpoints.limits(new Limits(1, 2));
        connection.begin();
        connection.announced(4, SERVER_2, 0);
        connection.establishAll();
        connection.announced(5, FakeConnection.SERVER, 8_080);
        assertThat(connection.log).containsExactly("open 0.0.0.0#0 > 10.9.0.2:80#4");
    }

    @Test
    void anAnnouncedPortIsConnectedTo() {
        connection.endpoints.limits(new Limits(1, 2));
        connection.begin();
        connection.announced(4, SERVER_2, 8_080);
        assertThat(connection.log).containsExactly("open 0.0.0.0#0 > 10.9.0.2:8080#4");
    }

    @Test
    void aRepeatedAnnouncementOpensNothingNew() {
        connection.endpoints.limits(new Limits(2, 4));
        connection.begin();
        connection.announced(4, SERVER_2, 0);
        connection.establishAll();
        connection.announced(4, SERVER_2, 0);
        assertThat(connection.log).hasSize(1);
    }

    @Test
    void fullmeshEndpointsGoToAnnouncedAddressesToo() {
        connection.endpoints.limits(new Limits(4, 4));
        connection.add(CLIENT, Endpoint.SUBFLOW | Endpoint.FULLMESH);
        connection.add(CLIENT_2, Endpoint.SUBFLOW | Endpoint.FULLMESH);
        connection.begin();
        connection.establishAll();
        connection.announced(4, SERVER_2, 0);
        assertThat(connection.log)
                .containsExactly(
                        "open 10.0.2.1#2 > 10.9.0.1:80#0",
                        "open 10.0.1.1#0 > 10.9.0.2:80#4",
                        "open 10.0.2.1#2 > 10.9.0.2:80#4");
    }

    @Test
    void theSubflowsOfARemovedEndpointAreClosedAndThePeerIsTold() {
        Endpoint endpoint = connection.add(CLIENT_2, Endpoint.SUBFLOW);
        connection.begin();
        connection.establishAll();
        connection.log.clear();
        connection.locals.removeIf(local -> local.address().equals(CLIENT_2));
        connection.remove(endpoint);
        assertThat(connection.log).containsExactly("withdraw 1", "close 1");
    }

    @Test
    void anAnnouncementIsWithdrawnWithItsEndpoint() {
        Endpoint endpoint = connection.add(CLIENT_2, Endpoint.SIGNAL);
        connection.begin();
        connection.remove(endpoint);
        assertThat(connection.log).containsExactly("announce 1 10.0.2.1", "withdraw 1");
    }

    @Test
    void aChangeOfBackupIsToldOnEachOfItsSubflows() {
        Endpoint endpoint = connection.add(CLIENT_2, Endpoint.SUBFLOW);
        connection.begin();
        connection.establishAll();
        connection.log.clear();
        connection.change(endpoint, Endpoint.BACKUP);
        connection.change(endpoint, 0);
        assertThat(connection.log).containsExactly("priority 1 backup", "priority 1 regular");
    }

    @Test
    void oneAnnouncedAddressIsUsedWhereTheFirstIsForbidden() {
        connection.denied = true;
        connection.add(CLIENT_2, Endpoint.SUBFLOW);
        connection.begin();
        assertThat(connection.log).isEmpty();
        connection.announced(4, SERVER_2, 0);
        assertThat(connection.log).containsExactly("open 10.0.2.1#1 > 10.9.0.2:80#4");
    }

    @Test
    void aLaminarEndpointAnswersAnnouncements() {
        connection.endpoints.limits(new Limits(2, 4));
        connection.add(CLIENT_2, Endpoint.LAMINAR);
        connection.begin();
        assertThat(connection.log).isEmpty();
        connection.announced(4, SERVER_2, 0);
        assertThat(connection.log).containsExactly("open 10.0.2.1#1 > 10.9.0.2:80#4");
    }

    /** Another manager of the same kind takes the connection over. */
    private void isSucceeded() {
        connection.log.clear();
        connection.manager = manager();
        connection.tell(new PathEvent.Attached());
        assertThat(connection.log).as("all that should be is there").isEmpty();
    }

    @Test
    void aSuccessorFindsItsWay() {
        connection.add(CLIENT_2, Endpoint.SUBFLOW);
        connection.begin();
        connection.establishAll();
        isSucceeded();
        connection.locals.add(new LocalAddress(CLIENT_3, 2));
        connection.add(CLIENT_3, Endpoint.SUBFLOW);
        assertThat(connection.log).containsExactly("open 10.0.3.1#2 > 10.9.0.1:80#0");
    }

    @Test
    void aSuccessorAnnouncesNothingTwice() {
        connection.add(CLIENT_2, Endpoint.SIGNAL);
        connection.begin();
        connection.echo(1);
        isSucceeded();
        connection.add(CLIENT_3, Endpoint.SIGNAL);
        assertThat(connection.log).containsExactly("announce 2 10.0.3.1");
    }

    @Test
    void aSuccessorKeepsToLimitsThatAreUsedUp() {
        connection.endpoints.limits(new Limits(1, 4));
        connection.begin();
        connection.announced(4, SERVER_2, 0);
        connection.establishAll();
        isSucceeded();
        connection.announced(5, SERVER_2, 81);
        assertThat(connection.log).isEmpty();
    }

    @Test
    void aSuccessorDoesNotUseAnotherAddressInPlaceOfTheForbiddenOne() {
        connection.denied = true;
        connection.add(CLIENT_2, Endpoint.SUBFLOW);
        connection.begin();
        connection.announced(4, SERVER_2, 0);
        connection.establishAll();
        isSucceeded();
        connection.announced(5, SERVER_2, 81);
        assertThat(connection.log).isEmpty();
    }

    @Test
    void aServerOpensNothingOfItsOwnAccord() {
        connection.serverSide = true;
        connection.add(CLIENT_2, Endpoint.SUBFLOW | Endpoint.AUTOMATIC);
        connection.begin();
        connection.join(new SubflowPlan(new LocalAddress(CLIENT_2, 1), 80, 1, SERVER_2, 999, 3, false));
        assertThat(connection.log).isEmpty();
        connection.locals.add(new LocalAddress(CLIENT_3, 2));
        connection.add(CLIENT_3, Endpoint.SUBFLOW);
        assertThat(connection.log).as("but what it is told to").containsExactly("open 10.0.3.1#2 > 10.9.0.1:80#0");
    }

    @Test
    void whatTakesAnAutomaticEndpointsPlaceIsAnnounced() {
        connection.add(CLIENT_2, Endpoint.SUBFLOW | Endpoint.AUTOMATIC);
        connection.begin();
        connection.establishAll();
        connection.log.clear();
        connection.add(CLIENT_2, Endpoint.SIGNAL);
        assertThat(connection.log).containsExactly("announce 1 10.0.2.1");
    }

    @Test
    void whatTakesAnImplicitEndpointsPlaceIsUsed() {
        connection.serverSide = true;
        connection.begin();
        int id = connection.localId(new LocalAddress(CLIENT_2, 1));
        connection.join(new SubflowPlan(new LocalAddress(CLIENT_2, 1), 80, id, SERVER_2, 999, 3, false));
        connection.add(CLIENT_2, Endpoint.SUBFLOW | Endpoint.SIGNAL);
        assertThat(connection.log).containsExactly("announce 1 10.0.2.1", "open 10.0.2.1#1 > 10.9.0.1:80#0");
    }
}
