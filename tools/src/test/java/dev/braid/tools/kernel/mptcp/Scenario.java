package dev.braid.tools.kernel.mptcp;

import static dev.braid.tools.kernel.mptcp.Host.BACKUP;
import static dev.braid.tools.kernel.mptcp.Host.SIGNAL;
import static dev.braid.tools.kernel.mptcp.Host.SUBFLOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A row of the matrix: what a connection goes through, whoever is its client. */
enum Scenario {
    ONE_SUBFLOW {
        @Override
        void run(Host client, Host server, Families families) throws Exception {
            client.limits(0, 0);
            server.limits(0, 0);
            try (var talk = Conversation.begin(client, server, families)) {
                talk.exchange(BYTES);
                talk.finish();
            }
            counted(client, "MPTcpExtMPCapableSYNTX", 1);
            counted(client, "MPTcpExtMPCapableSYNACKRX", 1);
            counted(server, "MPTcpExtMPCapableSYNRX", 1);
            counted(server, "MPTcpExtMPCapableACKRX", 1);
        }
    },
    JOIN_BY_CLIENT {
        @Override
        void run(Host client, Host server, Families families) throws Exception {
            server.limits(2, 0);
            client.limits(2, 0);
            client.addEndpoint(JOINED, client.address(1, families.second), 0, SUBFLOW);
            try (var talk = joined(client, server, families)) {
                talk.exchange(BYTES);
                talk.finish();
            }
            counted(client, "MPTcpExtMPJoinSynAckRx", 1);
            counted(server, "MPTcpExtMPJoinSynRx", 1);
            counted(server, "MPTcpExtMPJoinAckRx", 1);
        }

        @Override
        boolean fits(Families families) {
            return !families.mixed();
        }
    },
    JOIN_BY_SERVER {
        // The client announces an address with a port, which is where a server can reach it.
        @Override
        void run(Host client, Host server, Families families) throws Exception {
            client.limits(2, 0);
            server.limits(2, 1);
            client.makeRoomToAnnounce(families.second);
            client.addEndpoint(JOINED, client.address(1, families.second), 5555, SIGNAL);
            try (var talk = joined(client, server, families)) {
                talk.exchange(BYTES);
                talk.finish();
            }
            saidAndHeard(client, server);
            counted(client, "MPTcpExtMPJoinAckRx", 1);
            counted(server, "MPTcpExtMPJoinSynAckRx", 1);
        }
    },
    ADD_ADDR {
        @Override
        void run(Host client, Host server, Families families) throws Exception {
            announced(client, server, families, 0);
        }
    },
    ADD_ADDR_WITH_PORT {
        @Override
        void run(Host client, Host server, Families families) throws Exception {
            announced(client, server, families, 5556);
            countedAtLeastOnce(client, "MPTcpExtPortAdd");
            counted(server, "MPTcpExtMPJoinPortAckRx", 1);
        }
    },
    BACKUP_SUBFLOW {
        @Override
        void run(Host client, Host server, Families families) throws Exception {
            server.limits(2, 0);
            client.limits(2, 0);
            client.addEndpoint(JOINED, client.address(1, families.second), 0, SUBFLOW, BACKUP);
            try (var talk = joined(client, server, families)) {
                talk.exchange(BYTES);
                talk.finish();
            }
            counted(server, "MPTcpExtMPJoinSynBackupRx", 1);
        }

        @Override
        boolean fits(Families families) {
            return !families.mixed();
        }
    },
    MP_PRIO {
        @Override
        void run(Host client, Host server, Families families) throws Exception {
            server.limits(2, 0);
            client.limits(2, 0);
            client.addEndpoint(JOINED, client.address(1, families.second), 0, SUBFLOW);
            try (var talk = joined(client, server, families)) {
                talk.exchange(BYTES, 1, () -> client.backup(JOINED, true));
                awaitCount(server, "MPTcpExtMPPrioRx", 1);
                client.backup(JOINED, false);
                awaitCount(server, "MPTcpExtMPPrioRx", 2);
                talk.exchange(BYTES);
                talk.finish();
            }
        }

        @Override
        boolean fits(Families families) {
            return !families.mixed();
        }
    },
    REMOVE_ADDR {
        @Override
        void run(Host client, Host server, Families families) throws Exception {
            client.limits(2, 1);
            server.limits(2, 0);
            server.addEndpoint(JOINED, server.address(1, families.second), 0, SIGNAL);
            try (var talk = joined(client, server, families)) {
                talk.exchange(BYTES, 1, () -> server.removeEndpoint(JOINED));
                awaitCount(client, "MPTcpExtRmAddr", 1);
                TwoPaths.await("the subflow is gone", () -> client.subflows() == 1);
                talk.exchange(BYTES);
                talk.finish();
            }
            counted(server, "MPTcpExtRmAddrTx", 1);
        }
    },
    CHECKSUMS {
        @Override
        void run(Host client, Host server, Families families) throws Exception {
            client.setting("checksum_enabled", "1");
            server.setting("checksum_enabled", "1");
            client.limits(2, 1);
            server.limits(2, 0);
            server.addEndpoint(JOINED, server.address(1, families.second), 0, SIGNAL);
            try (var talk = joined(client, server, families)) {
                talk.exchange(BYTES);
                talk.finish();
            }
            counted(client, "MPTcpExtDataCsumErr", 0);
            counted(server, "MPTcpExtDataCsumErr", 0);
        }
    },
    CHECKSUMS_ASKED_BY_SERVER {
        @Override
        void run(Host client, Host server, Families families) throws Exception {
            server.setting("checksum_enabled", "1");
            client.setting("checksum_enabled", "0");
            client.limits(0, 0);
            server.limits(0, 0);
            try (var talk = Conversation.begin(client, server, families)) {
                talk.exchange(BYTES);
                talk.finish();
            }
            counted(client, "MPTcpExtDataCsumErr", 0);
            counted(server, "MPTcpExtDataCsumErr", 0);
        }
    },
    FAST_CLOSE_BY_CLIENT {
        @Override
        void run(Host client, Host server, Families families) throws Exception {
            try (var talk = fastClosing(client, server, families)) {
                talk.client.close();
                assertReset(talk.server);
            }
            awaitCount(client, "MPTcpExtMPFastcloseTx", 1);
            awaitCount(server, "MPTcpExtMPFastcloseRx", 1);
        }
    },
    FAST_CLOSE_BY_SERVER {
        @Override
        void run(Host client, Host server, Families families) throws Exception {
            try (var talk = fastClosing(client, server, families)) {
                talk.server.close();
                assertReset(talk.client);
            }
            awaitCount(server, "MPTcpExtMPFastcloseTx", 1);
            awaitCount(client, "MPTcpExtMPFastcloseRx", 1);
        }
    },
    PLAIN_CLIENT {
        @Override
        void run(Host client, Host server, Families families) throws Exception {
            try (var talk = Conversation.begin(client, server, families, false, true)) {
                talk.exchange(BYTES);
                talk.finish();
            }
            counted(server, "MPTcpExtMPCapableSYNRX", 0);
        }
    },
    PLAIN_SERVER {
        @Override
        void run(Host client, Host server, Families families) throws Exception {
            try (var talk = Conversation.begin(client, server, families, true, false)) {
                talk.exchange(BYTES);
                talk.finish();
            }
            counted(client, "MPTcpExtMPCapableSYNTX", 1);
            counted(client, "MPTcpExtMPCapableFallbackSYNACK", 1);
        }
    };

    private static final long BYTES = 2_000_000;
    private static final int JOINED = 7;

    /** Runs it in a namespace that nothing has run in before. */
    abstract void run(Host client, Host server, Families families) throws Exception;

    /** Whether it makes sense with these. */
    boolean fits(Families families) {
        return true;
    }

    private static void announced(Host client, Host server, Families families, int port) throws Exception {
        client.limits(2, 1);
        server.limits(2, 0);
        server.makeRoomToAnnounce(families.second && port != 0);
        server.addEndpoint(JOINED, server.address(1, families.second), port, SIGNAL);
        try (var talk = joined(client, server, families)) {
            talk.exchange(BYTES);
            talk.finish();
        }
        saidAndHeard(server, client);
        countedAtLeastOnce(server, "MPTcpExtEchoAdd");
        counted(server, "MPTcpExtMPJoinAckRx", 1);
    }

    /** A conversation whose second subflow is there. */
    private static Conversation joined(Host client, Host server, Families families) throws Exception {
        Conversation talk = Conversation.begin(client, server, families);
        try {
            talk.exchange(1000);
            TwoPaths.await("a join is complete", () -> client.counter("MPTcpExtMPJoinAckRx")
                    + server.counter("MPTcpExtMPJoinAckRx") == 1);
            return talk;
        } catch (Exception | AssertionError e) {
            talk.close();
            throw e;
        }
    }

    /** A conversation either of whose ends closes fast: lingering for no time, with bytes that were not read. */
    private static Conversation fastClosing(Host client, Host server, Families families) throws Exception {
        Conversation talk = Conversation.begin(client, server, families);
        talk.exchange(1000);
        talk.client.write(ByteBuffer.allocate(10));
        talk.server.write(ByteBuffer.allocate(10));
        talk.client.setOption(StandardSocketOptions.SO_LINGER, 0);
        talk.server.setOption(StandardSocketOptions.SO_LINGER, 0);
        // The reader must have the ten bytes when it is closed, and the other end must read them before the error.
        talk.client.read(ByteBuffer.allocate(1));
        talk.server.read(ByteBuffer.allocate(1));
        return talk;
    }

    /** What came before the reset may be read; an orderly end must not. */
    private static void assertReset(SocketChannel channel) {
        assertThatThrownBy(() -> {
            ByteBuffer buffer = ByteBuffer.allocate(100);
            while (channel.read(buffer) >= 0) {
                buffer.clear();
            }
        }).isInstanceOf(IOException.class).hasMessageContaining("reset");
    }

    private static void counted(Host host, String counter, long times) throws IOException {
        assertThat(host.counter(counter)).as("%s at %s", counter, host).isEqualTo(times);
    }

    /** An announcement is said again when its echo is late (RFC 8684 section 3.4.1), as on a busy machine; one join is for all of them. */
    private static void saidAndHeard(Host from, Host to) throws IOException {
        countedAtLeastOnce(from, "MPTcpExtAddAddrTx");
        countedAtLeastOnce(to, "MPTcpExtAddAddr");
        assertThat(to.counter("MPTcpExtAddAddr")).as("announcements heard").isLessThanOrEqualTo(
                from.counter("MPTcpExtAddAddrTx"));
    }

    private static void countedAtLeastOnce(Host host, String counter) throws IOException {
        assertThat(host.counter(counter)).as("%s at %s", counter, host).isPositive();
    }

    private static void awaitCount(Host host, String counter, long times) throws Exception {
        TwoPaths.await(counter + " at " + host + " is " + times, () -> host.counter(counter) == times);
    }
}
