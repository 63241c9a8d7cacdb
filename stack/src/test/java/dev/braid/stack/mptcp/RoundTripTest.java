package dev.braid.stack.mptcp;

import static dev.braid.stack.mptcp.PathsWorld.MS;
import static dev.braid.stack.mptcp.PathsWorld.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.sim.LinkConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A connection that is to have the link that answers soonest: how long the links take changes while it runs. */
class RoundTripTest {
    private static final LinkConfig NEAR = LinkConfig.PERFECT.rate(20_000_000).delay(10 * MS).queue(400_000);
    private static final LinkConfig FAR = NEAR.delay(60 * MS);

    private final PathsWorld world = new PathsWorld(config -> config.linkEndpoints = false, NEAR, FAR);
    private Program client;
    private Program server;

    @BeforeEach
    void begin() {
        Program[] pair = world.establish();
        client = pair[0];
        server = pair[1];
        client.send(1);
        world.run(100 * MS);
        client.connection.pathManagers("endpoints standby-rtt");
        client.connection.scheduler("lowest-rtt", world.clock.nowNs());
        world.client.core.flush(world.clock.nowNs());
        world.join(client, 1, true);
        assertThat(carrying()).isZero();
    }

    @AfterEach
    void close() {
        world.close();
    }

    /** The link whose subflow is no backup, as the server knows. */
    private int carrying() {
        return server.connection.subflows.stream().filter(s -> !s.backup()).findFirst().orElseThrow().link();
    }

    private void take(int path, LinkConfig rule) {
        world.forth.get(path).reshape(rule.mtu(1500));
        world.back.get(path).reshape(rule.mtu(1500));
    }

    /** The server says a little every now and then; the client, whose choice it is, says nothing. */
    private void listen(int seconds) {
        for (int i = 0; i < 4 * seconds; i++) {
            server.send(500);
            world.run(SECOND / 4);
        }
    }

    @Test
    void aLinkThatStandsByIsTakenOnceItAnswersSooner() {
        take(1, FAR.delay(2 * MS));
        long before = world.client.count("MptcpPathMeasured");
        listen(6);
        assertThat(carrying()).isEqualTo(1);
        assertThat(world.client.count("MptcpPathMeasured") - before).as("both, once a second").isBetween(10L, 14L);
        take(1, FAR);
        listen(6);
        assertThat(carrying()).isZero();
    }

    @Test
    void aDownloadsOwnQueueDoesNotDriveItAway() {
        server.send(18_000_000);
        world.run(6 * SECOND);
        assertThat(client.connection.subflows.get(0).roundTripNs(world.clock.nowNs())).as("a queue")
                .isGreaterThan(130 * MS);
        assertThat(carrying()).isZero();
        assertThat(world.client.count("MptcpPathMadeBackup")).isZero();
    }

    @Test
    void aLinkThatAnswersNoMoreIsNotTaken() {
        listen(2);
        world.forth.get(1).cut(world.clock.nowNs());
        take(0, NEAR.delay(100 * MS));
        listen(8);
        assertThat(carrying()).isZero();
    }

    @Test
    void nobodyIsAskedWhileTheConnectionRests() {
        world.run(5 * SECOND);
        long before = world.client.count("MptcpPathMeasured");
        world.run(600 * SECOND);
        assertThat(world.client.count("MptcpPathMeasured")).isEqualTo(before);
    }
}
