package dev.braid.stack.mptcp;

import static dev.braid.stack.mptcp.TwoHosts.MS;
import static dev.braid.stack.mptcp.TwoHosts.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.mptcp.path.Endpoint;
import dev.braid.stack.mptcp.path.EndpointException;
import dev.braid.stack.mptcp.path.Endpoints;
import dev.braid.stack.mptcp.path.Limits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client whose second link is for overflow, and a server that knows nothing of it but what MP_PRIO says. */
class OverflowTest {
    private static final LinkConfig LINK = LinkConfig.PERFECT.rate(20_000_000).delay(10 * MS).queue(100_000);

    private TwoHosts world;
    private TwoHosts.Program client;
    private TwoHosts.Program server;

    @BeforeEach
    void connect() throws EndpointException {
        world = new TwoHosts(TwoHosts.config(c -> {
            c.pathManagers = "endpoints overflow";
            c.linkEndpoints = false;
        }), CoreConfig.DEFAULT.copy(), LINK.delay(20 * MS), LINK);
        Endpoints ours = world.client.core.mptcp().hostPaths().endpoints();
        ours.limits(new Limits(1, 1));
        ours.add(world.client.addresses.get(1), 0, Endpoint.LAMINAR | Endpoint.OVERFLOW | Endpoint.BACKUP, -1, 0);
        world.server.core.mptcp().hostPaths().endpoints()
                .add(world.server.addresses.get(1), 0, Endpoint.SIGNAL, -1, 0);
        TwoHosts.Program[] pair = world.establishFully();
        client = pair[0];
        server = pair[1];
        world.run(SECOND);
        assertThat(client.mptcp().subflows).hasSize(2).allMatch(Subflow::usable);
    }

    @AfterEach
    void close() {
        world.close();
    }

    private long carried(TwoHosts.Program receiver) {
        return receiver.mptcp().subflows.get(1).tcb.info(0).bytesReceived;
    }

    @Test
    void aLargeDownloadUsesItAndASmallOneDoesNot() {
        server.send(500_000);
        world.run(2 * SECOND);
        assertThat(client.read).isEqualTo(500_000);
        assertThat(carried(client)).as("of a small one").isZero();
        server.send(15_000_000);
        world.run(4500 * MS);
        assertThat(client.read).as("more than one link brings").isEqualTo(15_500_000);
        assertThat(carried(client)).isGreaterThan(5_000_000);
        assertThat(world.client.count("MptcpPathOverflowBegun")).isEqualTo(1);
        world.run(11 * SECOND);
        assertThat(client.mptcp().subflows.get(1).localBackup).as("calm again").isTrue();
        assertThat(server.mptcp().subflows.get(1).remoteBackup).as("the server knows").isTrue();
        assertThat(world.client.count("MptcpPathOverflowEnded")).isEqualTo(1);
    }

    @Test
    void aLargeUploadUsesItOnlyWhenTheOtherIsTooSlow() {
        for (int i = 0; i < 40; i++) {
            client.send(125_000);
            world.run(100 * MS);
        }
        assertThat(server.read).as("10 Mbit/s of 20").isEqualTo(5_000_100);
        assertThat(carried(server)).as("there was room").isZero();
        client.send(15_000_000);
        world.run(4500 * MS);
        assertThat(server.read).isEqualTo(20_000_100);
        assertThat(carried(server)).isGreaterThan(5_000_000);
        long before = carried(server);
        for (int i = 0; i < 40; i++) {
            client.send(125_000);
            world.run(100 * MS);
        }
        assertThat(server.read).isEqualTo(25_000_100);
        assertThat(client.mptcp().subflows.get(1).localBackup).as("much is moved").isFalse();
        assertThat(carried(server) - before).as("there is room again").isLessThan(100_000);
    }

    @Test
    void itIsUsedAtOnceWhenTheOtherLinkGoes() {
        world.client.core.onCarried(0, false, world.clock.nowNs());
        world.client.core.flush(world.clock.nowNs());
        world.run(100 * MS);
        assertThat(client.mptcp().subflows.getLast().localBackup).isFalse();
        server.send(100_000);
        world.run(SECOND);
        assertThat(client.read).isEqualTo(100_000);
    }
}
