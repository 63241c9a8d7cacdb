package dev.braid.stack.fuzz;

import dev.braid.stack.script.mptcp.MpCrypto;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The peer's half of one Multipath TCP connection of the fuzzed core: its keys, its subflows, and how far both streams are. */
final class FuzzedPeer {
    /** A piece of the peer's stream that a subflow carried. */
    record Piece(FuzzedSubflow by, int seq, int place, int length) {}

    private static final int MOST_PIECES = 32;

    final List<FuzzedSubflow> subflows = new ArrayList<>();
    /** What was sent or lost: to be sent again. */
    final List<Piece> pieces = new ArrayList<>();
    final long key;
    private final long idsn;
    private long hostIdsn;
    long hostKey;
    boolean knowsHostKey;
    boolean checksum;
    /** Somebody lied about the stream: what is read and sent may be anything. */
    boolean poisoned;
    /** The place of the next byte that the peer has for the core. */
    int next;
    /** Behind the last byte of the core's stream that was seen, without a gap. */
    int hostEnd;
    boolean hostEnded;

    FuzzedPeer(long key) {
        this.key = key;
        idsn = MpCrypto.idsn(key);
    }

    /** What the core's joins say. */
    int token() {
        return MpCrypto.token(key);
    }

    /** The core said its key. */
    void learn(long said, boolean withChecksums) {
        hostKey = said;
        hostIdsn = MpCrypto.idsn(said);
        knowsHostKey = true;
        checksum |= withChecksums;
    }

    /** The core says that bytes of its stream are in a segment. */
    void saw(long dsn, int length, boolean end) {
        int place = (int) (dsn - hostIdsn - 1);
        int bytes = length - (end ? 1 : 0);
        if (place <= hostEnd) {
            hostEnd = Math.max(hostEnd, place + bytes);
            hostEnded |= end && hostEnd == place + bytes;
        }
    }

    /** Where a number of the core's data sequence space lies in its stream. */
    int placeOfHost(long dsn) {
        return (int) (dsn - hostIdsn - 1);
    }

    long dataAck() {
        return hostIdsn + 1 + hostEnd + (hostEnded ? 1 : 0);
    }

    long dsn(int place) {
        return idsn + 1 + place;
    }

    /** What was sent may be sent again. */
    void sent(Piece piece) {
        if (pieces.size() == MOST_PIECES) {
            pieces.removeFirst();
        }
        pieces.add(piece);
    }

    // Options.

    /** A DSS option, eight bytes for each number. */
    byte[] dss(Piece piece, boolean end) {
        boolean maps = piece.length() > 0 || end;
        ByteBuffer option = ByteBuffer.allocate(maps ? checksum ? 28 : 26 : 12);
        option.put((byte) 30).put((byte) option.capacity()).put((byte) 0x20);
        option.put((byte) (maps ? end ? 0x1f : 0x0f : 0x03)).putLong(dataAck());
        if (maps) {
            int ssn = piece.length() > 0 ? piece.seq() - piece.by().peerIss : 0;
            int length = piece.length() + (end ? 1 : 0);
            option.putLong(dsn(piece.place())).putInt(ssn).putShort((short) length);
            if (checksum) {
                byte[] data = new byte[piece.length()];
                for (int i = 0; i < data.length; i++) {
                    data[i] = (byte) FuzzedFlow.byteAt(piece.place() + i);
                }
                option.putShort((short) MpCrypto.checksum(dsn(piece.place()), ssn, length, data));
            }
        }
        return option.array();
    }

    /** MP_CAPABLE: of a SYN, with the peer's key, or with both. */
    byte[] capable(int keys) {
        ByteBuffer option = ByteBuffer.allocate(4 + 8 * keys);
        option.put((byte) 30).put((byte) option.capacity()).put((byte) 1).put((byte) (checksum ? 0x81 : 0x01));
        if (keys > 0) {
            option.putLong(key);
        }
        if (keys > 1) {
            option.putLong(hostKey);
        }
        return option.array();
    }

    byte[] joinSyn(int id, int nonce) {
        return ByteBuffer.allocate(12).put((byte) 30).put((byte) 12).put((byte) 0x10).put((byte) id)
                .putInt(MpCrypto.token(hostKey)).putInt(nonce).array();
    }

    byte[] joinSynAck(int id, int nonce, int hostNonce) {
        return ByteBuffer.allocate(16).put((byte) 30).put((byte) 16).put((byte) 0x10).put((byte) id)
                .put(MpCrypto.joinProof(key, hostKey, nonce, hostNonce, 8)).putInt(nonce).array();
    }

    byte[] joinAck(int nonce, int hostNonce) {
        return ByteBuffer.allocate(24).put((byte) 30).put((byte) 24).put((byte) 0x10).put((byte) 0)
                .put(MpCrypto.joinProof(key, hostKey, nonce, hostNonce, 20)).array();
    }

    /** An ADD_ADDR with a proof, right or not. */
    byte[] addAddr(int id, byte[] address, int port, boolean right) {
        byte[] proof = MpCrypto.addressProof(key, right ? hostKey : ~hostKey, id, address, port);
        ByteBuffer option = ByteBuffer.allocate(4 + address.length + (port == 0 ? 0 : 2) + 8);
        option.put((byte) 30).put((byte) option.capacity()).put((byte) 0x30).put((byte) id).put(address);
        if (port != 0) {
            option.putShort((short) port);
        }
        return option.put(proof).array();
    }
}
