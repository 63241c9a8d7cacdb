package dev.braid.tools.kernel.mptcp;

import static dev.braid.tools.kernel.mptcp.Counts.awaitCount;
import static dev.braid.tools.kernel.mptcp.Counts.counted;
import static dev.braid.tools.kernel.mptcp.Counts.countedAtLeastOnce;
import static dev.braid.tools.kernel.mptcp.Counts.saidAndHeard;
import static dev.braid.tools.kernel.mptcp.Host.BACKUP;
import static dev.braid.tools.kernel.mptcp.Host.SIGNAL;
import static dev.braid.tools.kernel.mptcp.Host.SUBFLOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** A row of the matrix: what a connection goes through, whoever is its client. */
enum Scenario {
    ONE_SUBFLOW(Kind.ALONE) {
        @Override
        void play(Host client, Host server, Families families) throws Exception {
            client.limits(0, 0);
            server.limits(0, 0);
            try (var talk = Conversation.begin(client, server, families)) {
                talk.exchange(BYTES);
                checksumsAre(false, talk, client, server);
                talk.finish();
            }
            counted(client, "MPTcpExtMPCapableSYNTX", 1);
            counted(client, "MPTcpExtMPCapableSYNACKRX", 1);
            counted(server, "MPTcpExtMPCapableSYNRX", 1);
            counted(server, "MPTcpExtMPCapableACKRX", 1);
        }
    },
    JOIN_BY_CLIENT(Kind.JOINED) {
        @Override
        void play(Host client, Host server, Families families) throws Exception {
            try (var talk = joinedByClient(client, server, families)) {
                exchangeOverBoth(talk, client, server);
                talk.finish();
            }
            counted(client, "MPTcpExtMPJoinSynAckRx", 1);
            counted(server, "MPTcpExtMPJoinSynRx", 1);
            counted(server, "MPTcpExtMPJoinAckRx", 1);
        }
    },
    JOIN_BY_SERVER(Kind.JOINED) {
        // The client announces an address with a port, which is where a server can reach it.
        @Override
        void play(Host client, Host server, Families families) throws Exception {
            client.limits(2, 0);
            server.limits(2, 1);
            client.makeRoomToAnnounce(families.second);
            client.addEndpoint(JOINED, client.address(1, families.second), 5555, SIGNAL);
            try (var talk = joined(client, server, families)) {
                exchangeOverBoth(talk, client, server);
                talk.finish();
            }
            saidAndHeard(client, server);
            counted(client, "MPTcpExtMPJoinAckRx", 1);
            counted(server, "MPTcpExtMPJoinSynAckRx", 1);
        }
    },
    ADD_ADDR(Kind.JOINED) {
        @Override
        void play(Host client, Host server, Families families) throws Exception {
            announced(client, server, families, 0);
        }
    },
    ADD_ADDR_WITH_PORT(Kind.JOINED) {
        @Override
        void play(Host client, Host server, Families families) throws Exception {
            announced(client, server, families, 5556);
            countedAtLeastOnce(client, "MPTcpExtPortAdd");
            counted(server, "MPTcpExtMPJoinPortAckRx", 1);
        }
    },
    BACKUP_SUBFLOW(Kind.JOINED) {
        @Override
        void play(Host client, Host server, Families families) throws Exception {
            try (var talk = joinedByClient(client, server, families, BACKUP)) {
                exchangeOverFirst(talk, client, server);
                talk.finish();
            }
            counted(server, "MPTcpExtMPJoinSynBackupRx", 1);
        }
    },
    MP_PRIO_BY_CLIENT(Kind.JOINED) {
        @Override
        void play(Host client, Host server, Families families) throws Exception {
            try (var talk = joinedByClient(client, server, families)) {
                changesPriority(talk, client, server);
            }
        }
    },
    MP_PRIO_BY_SERVER(Kind.JOINED) {
        @Override
        void play(Host client, Host server, Families families) throws Exception {
            try (var talk = joinedByAnnouncement(client, server, families, 0)) {
                changesPriority(talk, server, client);
            }
        }
    },
    REMOVE_ADDR_BY_CLIENT(Kind.JOINED) {
        @Override
        void play(Host client, Host server, Families families) throws Exception {
            try (var talk = joinedByClient(client, server, families)) {
                removes(talk, client, server, families, families.mixed());
            }
        }
    },
    REMOVE_ADDR_BY_SERVER(Kind.JOINED) {
        @Override
        void play(Host client, Host server, Families families) throws Exception {
            try (var talk = joinedByAnnouncement(client, server, families, 0)) {
                removes(talk, server, client, families, false);
            }
        }
    },
    CHECKSUMS(Kind.JOINED) {
        @Override
        void play(Host client, Host server, Families families) throws Exception {
            client.setting("checksum_enabled", "1");
            server.setting("checksum_enabled", "1");
            try (var talk = joinedByAnnouncement(client, server, families, 0)) {
                exchangeOverBoth(talk, client, server);
                checksumsAre(true, talk, client, server);
                talk.finish();
            }
        }
    },
    CHECKSUMS_ASKED_BY_SERVER(Kind.JOINED) {
        @Override
        void play(Host client, Host server, Families families) throws Exception {
            server.setting("checksum_enabled", "1");
            client.setting("checksum_enabled", "0");
            try (var talk = joinedByClient(client, server, families)) {
                exchangeOverBoth(talk, client, server);
                checksumsAre(true, talk, client, server);
                talk.finish();
            }
        }
    },
    FAST_CLOSE_BY_CLIENT(Kind.JOINED) {
        @Override
        void play(Host client, Host server, Families families) throws Exception {
            try (var talk = fastClosing(client, server, families)) {
                talk.client.close();
                assertReset(talk.server);
            }
            closedFast(client, server);
        }
    },
    FAST_CLOSE_BY_SERVER(Kind.JOINED) {
        @Override
        void play(Host client, Host server, Families families) throws Exception {
            try (var talk = fastClosing(client, server, families)) {
                talk.server.close();
                assertReset(talk.client);
            }
            closedFast(server, client);
        }
    },
    PLAIN_CLIENT(Kind.PLAIN) {
        @Override
        void play(Host client, Host server, Families families) throws Exception {
            try (var talk = Conversation.begin(client, server, families, false, true)) {
                talk.exchange(BYTES);
                talk.finish();
            }
            counted(server, "MPTcpExtMPCapableSYNRX", 0);
        }
    },
    PLAIN_SERVER(Kind.PLAIN) {
        @Override
        void play(Host client, Host server, Families families) throws Exception {
            try (var talk = Conversation.begin(client, server, families, true, false)) {
                talk.exchange(BYTES);
                assertThat(client.isMultipath(talk.client)).as("Multipath TCP at the client").isFalse();
                talk.finish();
            }
            counted(client, "MPTcpExtMPCapableSYNTX", 1);
            counted(client, "MPTcpExtMPCapableFallbackSYNACK", 1);
        }
    };

    /** What becomes of the connection. */
    private enum Kind {
        /** It has one subflow, so there is no second IP version. */
        ALONE,
        /** It has two subflows. */
        JOINED,
        /** It is plain TCP. */
        PLAIN
    }

    private static final long BYTES = 2_000_000;
    private static final int TRIES = 6;
    private static final long MOST_AT_ONCE = 64 << 10;
    private static final int JOINED = 7;
    private static final int OFFERED = 8;

    private final Kind kind;

    Scenario(Kind kind) {
        this.kind = kind;
    }

    /** Runs it in a namespace that nothing has run in before. */
    final void run(Host client, Host server, Families families) throws Exception {
        play(client, server, families);
        if (kind != Kind.PLAIN) {
            Counts.noTrouble(client, server);
            Counts.noTrouble(server, client);
        }
    }

    abstract void play(Host client, Host server, Families families) throws Exception;

    /** Whether it makes sense with these. */
    boolean fits(Families families) {
        return kind == Kind.JOINED || !families.mixed();
    }

    private static void announced(Host client, Host server, Families families, int port) throws Exception {
        try (var talk = joinedByAnnouncement(client, server, families, port)) {
            exchangeOverBoth(talk, client, server);
            talk.finish();
        }
        saidAndHeard(server, client);
        countedAtLeastOnce(server, "MPTcpExtEchoAdd");
        counted(server, "MPTcpExtMPJoinAckRx", 1);
    }

    /** A conversation whose second subflow goes to an address that the server announced, its endpoint {@link #JOINED}. */
    private static Conversation joinedByAnnouncement(Host client, Host server, Families families, int port)
            throws Exception {
        client.limits(2, 1);
        server.limits(2, 0);
        server.makeRoomToAnnounce(families.second && port != 0);
        server.addEndpoint(JOINED, server.address(1, families.second), port, SIGNAL);
        return joined(client, server, families);
    }

    /**
     * A conversation whose second subflow comes from the client's endpoint {@link #JOINED}. It goes to where the first goes, or
     * where that is of another IP version to an address that the server announces.
     */
    private static Conversation joinedByClient(Host client, Host server, Families families, String... flags)
            throws Exception {
        client.limits(2, families.mixed() ? 1 : 0);
        server.limits(2, 0);
        if (families.mixed()) {
            server.addEndpoint(OFFERED, server.address(1, families.second), 0, SIGNAL);
        }
        var all = new ArrayList<>(List.of(flags));
        all.add(SUBFLOW);
        client.addEndpoint(JOINED, client.address(1, families.second), 0, all.toArray(String[]::new));
        return joined(client, server, families);
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

    /**
     * Exchanges bytes, more and more, until the joined subflow has carried some, whichever way. These paths have no rate and hardly a delay, so it
     * depends on the processor when the second is needed: at the latest when the program waits for room to write.
     */
    private static void exchangeOverBoth(Conversation talk, Host one, Host other) throws Exception {
        long before = one.receivedByJoined() + other.receivedByJoined();
        for (int i = 0; i == 0 || (i < TRIES && one.receivedByJoined() + other.receivedByJoined() == before); i++) {
            talk.exchange(BYTES << i);
        }
        assertThat(one.receivedByJoined() + other.receivedByJoined()).as("by the joined subflow").isGreaterThan(before);
    }

    /** Exchanges bytes of which the joined subflow, a backup, carries none. */
    private static void exchangeOverFirst(Conversation talk, Host one, Host other) throws Exception {
        long mostAtOne = one.receivedByJoined() - sentAgain(other);
        long mostAtOther = other.receivedByJoined() - sentAgain(one);
        talk.exchange(BYTES);
        assertThat(one.receivedByJoined()).as("by the backup to %s", one)
                .isLessThanOrEqualTo(mostAtOne + sentAgain(other));
        assertThat(other.receivedByJoined()).as("by the backup to %s", other)
                .isLessThanOrEqualTo(mostAtOther + sentAgain(one));
    }

    /** On a busy machine a data-level timer may expire: the kernel sends again what it has, over a backup too. */
    private static long sentAgain(Host host) throws IOException {
        return host.counter("MPTcpExtMPTCPRetrans") * MOST_AT_ONCE;
    }

    /** One end makes its endpoint a backup while bytes are on their way, and a regular one again. */
    private static void changesPriority(Conversation talk, Host from, Host to) throws Exception {
        exchangeOverBoth(talk, from, to);
        talk.exchange(BYTES, 1, () -> from.backup(JOINED, true));
        awaitCount(to, "MPTcpExtMPPrioRx", 1);
        exchangeOverFirst(talk, from, to);
        from.backup(JOINED, false);
        awaitCount(to, "MPTcpExtMPPrioRx", 2);
        exchangeOverBoth(talk, from, to);
        talk.finish();
        counted(from, "MPTcpExtMPPrioTx", 2);
    }

    /**
     * One end takes its endpoint away while bytes are on their way.
     *
     * @param joinsAgain the other announced an address, too, which Braid may join from another address of its own
     */
    private static void removes(Conversation talk, Host from, Host to, Families families, boolean joinsAgain)
            throws Exception {
        String removed = from.address(1, families.second);
        exchangeOverBoth(talk, from, to);
        talk.exchange(BYTES, 1, () -> from.removeEndpoint(JOINED));
        awaitCount(to, "MPTcpExtRmAddr", 1);
        TwoPaths.await("nothing is at the address", () -> from.subflowsAt(removed) == 0 && to.subflowsAt(removed) == 0);
        if (!joinsAgain) {
            TwoPaths.await("the subflow is gone", () -> from.subflows() == 1 && to.subflows() == 1);
        }
        talk.exchange(BYTES);
        talk.finish();
        counted(from, "MPTcpExtRmAddrTx", 1);
    }

    private static void checksumsAre(boolean on, Conversation talk, Host client, Host server) throws IOException {
        assertThat(client.checksums(talk.client)).as("checksums at the client").isEqualTo(on);
        assertThat(server.checksums(talk.server)).as("checksums at the server").isEqualTo(on);
    }

    /** A conversation either of whose ends closes fast: lingering for no time, with bytes that were not read. */
    private static Conversation fastClosing(Host client, Host server, Families families) throws Exception {
        Conversation talk = joinedByClient(client, server, families);
        exchangeOverBoth(talk, client, server);
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

    /** Every subflow is told; the first that arrives ends them all at the other end. */
    private static void closedFast(Host from, Host to) throws Exception {
        awaitCount(from, "MPTcpExtMPFastcloseTx", 2);
        TwoPaths.await("MP_FASTCLOSE has arrived", () -> to.counter("MPTcpExtMPFastcloseRx") > 0);
        TwoPaths.await("no subflow is left", () -> from.subflows() == 0 && to.subflows() == 0);
    }
}
