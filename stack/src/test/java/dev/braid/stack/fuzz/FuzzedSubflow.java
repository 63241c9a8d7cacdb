package dev.braid.stack.fuzz;

import static dev.braid.stack.fuzz.FuzzedCore.require;

import dev.braid.fastpath.wire.CapableOption;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.MptcpOptions;
import dev.braid.fastpath.wire.Tcp;

/** One subflow of the fuzzed core as its wire shows it, and what an honest peer would say on it. */
final class FuzzedSubflow extends FuzzedFlow {
    private final MptcpOptions options = new MptcpOptions();
    final FuzzedPeer connection;
    /** It joins a connection, rather than begin one. */
    final boolean joins;
    /** The peer opens it. */
    final boolean byPeer;
    final int device;
    final int id;
    private final int nonce;
    private int hostNonce;
    /** The peer has said what it has to say in the handshake. */
    private boolean proved;
    // The mapping that the core declared last.
    private int mappedFrom;
    private int mappedLength;
    private int mappedPlace;

    FuzzedSubflow(
            FuzzedPeer connection, boolean joins, boolean byPeer, int device, IpAddress host, int localPort,
            IpAddress peer, int remotePort) {
        super(host, localPort, peer, remotePort, 0xffff_f000 + 777 * remotePort);
        this.connection = connection;
        this.joins = joins;
        this.byPeer = byPeer;
        this.device = device;
        id = connection.subflows.size();
        nonce = 0x1000 + id;
        connection.subflows.add(this);
    }

    /** The token that the SYN at this address joins by; 0 = it does not join. */
    static int tokenOf(long tcp) {
        MptcpOptions said = new MptcpOptions();
        said.parse(tcp + Tcp.MIN_HEADER, Tcp.dataOffset(tcp) - Tcp.MIN_HEADER);
        return said.has(MptcpOptions.MP_JOIN) ? said.join().token() : 0;
    }

    @Override
    void understand(long tcp, int flags, int payload) {
        options.parse(tcp + Tcp.MIN_HEADER, Tcp.dataOffset(tcp) - Tcp.MIN_HEADER);
        require(!options.malformed(), "sent malformed options");
        if (options.has(MptcpOptions.MP_CAPABLE) && options.capable().length() > 4) {
            connection.learn(options.capable().senderKey(),
                    (options.capable().flags() & CapableOption.CHECKSUM_REQUIRED) != 0);
            if (options.capableMaps()) {
                map(0, 1, options.capable().dataLevelLength(), false);
            }
        }
        if (options.has(MptcpOptions.MP_JOIN) && (flags & Tcp.SYN) != 0) {
            hostNonce = options.join().nonce();
        }
        if (options.has(MptcpOptions.DSS) && options.dss().hasMapping() && connection.knowsHostKey) {
            int place = connection.placeOfHost(options.dss().dsn());
            map(place, options.dss().ssn(), options.dss().dataLevelLength(), options.dss().dataFin());
            connection.saw(options.dss().dsn(), options.dss().dataLevelLength(), options.dss().dataFin());
        }
    }

    private void map(int place, int ssn, int length, boolean end) {
        mappedPlace = place;
        mappedFrom = ssn;
        mappedLength = length - (end ? 1 : 0);
    }

    @Override
    int placeOf(int seq) {
        int offset = seq - iss - mappedFrom;
        boolean mapped = offset >= 0 && offset < mappedLength;
        return mapped && !connection.poisoned ? mappedPlace + offset : -1;
    }

    /** Whether the peer may put data on it. */
    boolean isOpen() {
        return opened && proved;
    }

    /** What an honest peer would say next. */
    ForgedSegment honest(int payload) {
        boolean syn = (lastFlags & Tcp.SYN) != 0;
        if (!byPeer && syn && !acked) {
            proved = true;
            ForgedSegment answer = ForgedSegment.honest(this);
            answer.option(joins ? connection.joinSynAck(id, nonce, hostNonce) : connection.capable(1));
            peerNxt = peerIss + 1;
            return answer;
        }
        if (!opened) {
            ForgedSegment first = new ForgedSegment(this);
            first.seq = peerIss;
            first.flags = Tcp.SYN;
            first.syn(true, true).option(joins ? connection.joinSyn(id, nonce) : connection.capable(0));
            peerNxt = peerIss + 1;
            return first;
        }
        if (byPeer && !proved) {
            proved = true;
            ForgedSegment third = new ForgedSegment(this);
            third.option(joins ? connection.joinAck(nonce, hostNonce) : connection.capable(2)).stamp();
            return third;
        }
        var piece = new FuzzedPeer.Piece(this, peerNxt, connection.next, payload);
        peerNxt += payload;
        connection.next += payload;
        if (payload > 0) {
            connection.sent(piece);
        }
        return carry(piece, false);
    }

    /** A segment with this piece of the peer's stream, or with none. */
    ForgedSegment carry(FuzzedPeer.Piece piece, boolean end) {
        ForgedSegment segment = new ForgedSegment(this);
        segment.seq = piece.seq();
        segment.payload = piece.length();
        segment.place = piece.place();
        return segment.option(connection.dss(piece, end)).stamp();
    }

    /** An acknowledgment of what the core sent, with these options in place of a DSS. */
    ForgedSegment saying(byte[] option) {
        return new ForgedSegment(this).option(option).stamp();
    }
}
