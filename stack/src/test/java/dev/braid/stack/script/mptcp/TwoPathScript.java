package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.syn;
import static dev.braid.stack.script.Seg.synAck;
import static dev.braid.stack.script.mptcp.MpOption.capable;
import static dev.braid.stack.script.mptcp.MpOption.dss;
import static dev.braid.stack.script.mptcp.MpOption.join;
import static dev.braid.stack.script.mptcp.MpOption.map;

import dev.braid.stack.mptcp.MptcpConnection;
import dev.braid.stack.script.Conn;
import dev.braid.stack.script.Seg;

/**
 * Dialogues over two paths, of a connection that the host opened or that it accepted: what holds on one side has to hold on the
 * other. The second path has the shorter round trip, so that data takes it first. Ten bytes of the peer's have been read: it goes on
 * at {@code data(11, …)} on the first path and {@code data(1, …)} on the second, with data sequence number 11; nobody has written yet
 * at the host.
 */
abstract class TwoPathScript extends MptcpScript {
    /** Who opened the connection and added the second path: the host does what this is called. */
    enum Role {
        CLIENT,
        SERVER
    }

    static final int FIRST_RTT_MS = 20;
    static final int SECOND_RTT_MS = 10;
    /** The first path's retransmission timeout: its round trip and 200 ms. */
    static final int FIRST_RTO_MS = FIRST_RTT_MS + 200;
    /** How the host's second address is called by both ends. */
    static final int SECOND_ID = 1;

    protected Conn conn;
    /** Where the connection began: {@link #wifi}. */
    protected Path first;
    /** Between the host's second link and the peer, in a round trip of {@value #SECOND_RTT_MS} ms. */
    protected Path second;

    /** A connection over the first path. */
    protected void isOpen(Role role) {
        first = wifi;
        mayHaveSubflows(4);
        if (role == Role.CLIENT) {
            conn = connects(wifi);
            wifi.sees(syn(0).with(capable()));
            after(FIRST_RTT_MS);
            wifi.sends(wifi.fullSynAck().with(capable().key())).sees(ack(1, 1).with(capable().keys()));
            wifi.sends(data(1, 11).with(map(1, 1, 10)));
        } else {
            host.listen();
            wifi.sends(wifi.fullSyn().with(capable())).sees(synAck(0, 1).with(capable().key()));
            after(FIRST_RTT_MS);
            wifi.sends(ack(1, 1).with(capable().keys()));
            conn = accepts();
            wifi.sends(data(1, 11).with(capable().keys().length(10)));
        }
        wifi.sees(ack(1, 11).with(dss().ack(11))).seesNothing();
        conn.reads(10);
    }

    /** A connection over both paths. */
    protected void hasTwoPaths(Role role) {
        hasTwoPaths(role, 0);
    }

    /** A connection over both paths, the second one with these flags of its endpoint at the host. */
    protected void hasTwoPaths(Role role, int flags) {
        isOpen(role);
        addSecondPath(role, flags);
    }

    /** The other path joins a connection that {@linkplain #isOpen is open}, with these flags of its endpoint at the host. */
    protected void addSecondPath(Role role, int flags) {
        if (role == Role.CLIENT) {
            second = lte;
            endpoint(1, SUBFLOW | flags);
            isJoined(lte);
        } else {
            second = path("cross", 1, 1, PEER_PORT + 1, 1);
            endpoint(1, flags);
            joins(second);
        }
    }

    /** The host's SYN on this path is answered after its round trip. */
    protected void isJoined(Path path) {
        path.sees(syn(0).with(join().token(mp.token())));
        after(SECOND_RTT_MS);
        path.sends(path.fullSynAck().with(join())).sees(ack(1, 1).with(join()));
        path.sends(ack(1, 1)).seesNothing();
    }

    /** The peer joins by this path, whose round trip the host measures. */
    protected void joins(Path path) {
        path.sends(path.fullSyn().with(join())).sees(synAck(0, 1).with(join()));
        after(SECOND_RTT_MS);
        path.sends(ack(1, 1).with(join())).sees(ack(1, 1)).seesNothing();
    }

    /** A subflow where none is left: a client opens it by itself after a pause, a server is joined. */
    protected Path isReplaced(Role role) {
        if (role == Role.CLIENT) {
            Path again = joinedPath("again", 0, 0, PEER_PORT, 0);
            afterWhatever(160);
            again.sees(syn(0).with(join())).sends(again.fullSynAck().with(join())).sees(ack(1, 1).with(join()));
            return again.sends(ack(1, 1));
        }
        far.sends(far.fullSyn().with(join())).sees(synAck(0, 1).with(join()));
        return far.sends(ack(1, 1).with(join()));
    }

    /** The connection as the core has it. */
    protected MptcpConnection connection() {
        return (MptcpConnection) conn.socket().connection();
    }

    /** What asks the peer for its window, or for an answer: an empty segment just below what is in flight (RFC 9293 section 3.10.7.4). */
    protected static Seg probe(int una, int ack) {
        return ack(una - 1, ack);
    }

    /** What asks a path for an acknowledgment: the octet just below what is in flight, as in keep-alives (RFC 9293 section 3.8.4). */
    protected static Seg octetProbe(int una, int ack) {
        return data(una - 1, una).acking(ack);
    }
}
