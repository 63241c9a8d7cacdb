package dev.braid.stack.mptcp;

import static dev.braid.stack.mptcp.PathsWorld.MS;
import static dev.braid.stack.mptcp.PathsWorld.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.stack.mptcp.path.Endpoint;
import dev.braid.stack.mptcp.path.EndpointException;
import dev.braid.stack.mptcp.path.Endpoints;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A download whose regular path falls silent: which backup takes its place, and what becomes of it when something else changes. */
class StandInTest {
    private static final LinkConfig LINK = LinkConfig.PERFECT.rate(20_000_000).delay(10 * MS).queue(100_000);
    private static final int OVERFLOW = Endpoint.OVERFLOW | Endpoint.BACKUP;

    private final PathsWorld world = new PathsWorld(config -> config.linkEndpoints = false, LINK, LINK, LINK);
    private Program client;
    private Program server;

    @AfterEach
    void close() {
        world.close();
    }

    /** A connection over the first path, regular, and over others whose endpoints have these flags. */
    private void begin(String managers, int... flags) throws EndpointException {
        Endpoints ours = world.client.core.mptcp().hostPaths().endpoints();
        ours.add(PathsWorld.address(0, 1), 0, Endpoint.LAMINAR, -1, 0);
        for (int i = 0; i < flags.length; i++) {
            ours.add(PathsWorld.address(i + 1, 1), 0, Endpoint.LAMINAR | flags[i], -1, 0);
        }
        Program[] pair = world.establish();
        client = pair[0];
        server = pair[1];
        client.send(1);
        world.run(100 * MS);
        manage(managers);
        for (int i = 0; i < flags.length; i++) {
            world.join(client, i + 1, (flags[i] & Endpoint.BACKUP) != 0);
        }
    }

    /** More than all links bring in the whole test. */
    private void download() {
        server.send(20_000_000);
        world.run(SECOND);
    }

    private void manage(String managers) {
        client.connection.pathManagers(managers);
        world.client.core.flush(world.clock.nowNs());
    }

    private void cut(int path) {
        world.forth.get(path).cut(world.clock.nowNs());
        world.back.get(path).cut(world.clock.nowNs());
    }

    private void mend(int path) {
        world.forth.get(path).mend();
        world.back.get(path).mend();
    }

    private boolean isBackup(Program at, int path) {
        return at.connection.subflows.stream().filter(s -> s.link() == path).findFirst().orElseThrow().backup();
    }

    /** What comes in a time, of what one link brings in it at most. */
    private double share(long ns) {
        long before = client.read;
        world.run(ns);
        return (client.read - before) * 8.0 * SECOND / (20_000_000.0 * ns);
    }

    @Test
    void anOverflowPathTakesTheirPlaceBeforeABackupDoes() throws EndpointException {
        begin("endpoints overflow", Endpoint.BACKUP, OVERFLOW);
        server.send(700_000);
        world.run(100 * MS);
        assertThat(isBackup(server, 2)).as("little is moved").isTrue();
        cut(0);
        world.run(SECOND);
        assertThat(client.read).isEqualTo(700_000);
        assertThat(isBackup(server, 1)).as("a real backup").isTrue();
        assertThat(isBackup(server, 2)).as("for overflow").isFalse();
        assertThat(world.client.count("MptcpLiveToldPrio")).as("the path manager has seen to it").isZero();
        assertThat(world.client.count("MptcpPathOverflowBegun")).isZero();
    }

    @Test
    void theLinkThatComesNextInOrderTakesTheirPlace() throws EndpointException {
        begin("endpoints standby-order", Endpoint.BACKUP, 0);
        download();
        cut(0);
        world.run(500 * MS);
        assertThat(isBackup(server, 1)).isTrue();
        assertThat(isBackup(server, 2)).isFalse();
        assertThat(world.client.count("MptcpLiveToldPrio")).isZero();
    }

    @Test
    void aGoalThatChangesMeanwhileLeavesItInItsPlace() throws EndpointException {
        begin("endpoints", Endpoint.BACKUP);
        download();
        cut(0);
        world.run(500 * MS);
        assertThat(isBackup(server, 1)).isFalse();
        assertThat(world.client.count("MptcpLiveToldPrio")).isEqualTo(1);
        for (String managers : new String[] {"endpoints standby-order", "endpoints", "endpoints overflow"}) {
            manage(managers);
            assertThat(share(SECOND)).as(managers).isGreaterThan(0.8);
            assertThat(isBackup(server, 1)).as(managers).isFalse();
        }
        mend(0);
        world.run(3 * SECOND);
        assertThat(isBackup(server, 1)).isTrue();
        assertThat(isBackup(server, 0)).isFalse();
        assertThat(share(SECOND)).isGreaterThan(0.8);
    }

    @Test
    void aRoleThatChangesMeanwhileCountsForGood() throws Exception {
        begin("endpoints", Endpoint.BACKUP);
        download();
        cut(0);
        world.run(500 * MS);
        Endpoints ours = world.client.core.mptcp().hostPaths().endpoints();
        ours.change(ours.find(PathsWorld.address(1, 1), 0).orElseThrow().id(), Endpoint.LAMINAR);
        world.client.core.flush(world.clock.nowNs());
        mend(0);
        world.run(3 * SECOND);
        assertThat(isBackup(client, 1)).isFalse();
        assertThat(isBackup(server, 1)).isFalse();
        assertThat(world.client.count("MptcpLiveToldPrioBack")).isZero();
    }

    @Test
    void aNewRegularPathEndsItToo() throws EndpointException {
        begin("endpoints", Endpoint.BACKUP);
        download();
        cut(0);
        world.run(500 * MS);
        assertThat(isBackup(server, 1)).isFalse();
        world.join(client, 2, false);
        assertThat(isBackup(server, 1)).isTrue();
        assertThat(world.client.count("MptcpLiveToldPrioBack")).isEqualTo(1);
        assertThat(share(SECOND)).isGreaterThan(0.8);
    }
}
