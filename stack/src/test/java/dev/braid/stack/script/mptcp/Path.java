package dev.braid.stack.script.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.stack.script.Conn;
import dev.braid.stack.script.ExtraOption;
import dev.braid.stack.script.Peer;
import dev.braid.stack.script.Seg;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One subflow as its peer sees it: says and sees segments as a {@link Peer}, with MPTCP's options. What every option owes is
 * checked whenever it is seen: keys, tokens, HMACs, checksums, that a mapping once declared stays, that data has a mapping.
 */
public final class Path extends Peer {
    private static final int FIRST_NONCE = 0x0a0b_0c00;

    /** Data that the host put on the subflow, by its subflow sequence number. */
    private record Mapping(long dsn, int ssn, int length, boolean infinite) {
        boolean covers(int number) {
            return number >= ssn && (infinite || number < ssn + length);
        }
    }

    private final String name;
    private final MptcpScript script;
    private int nonce;
    private @Nullable MpPeer another;
    private int id;
    private int hostNonce;
    /** The HMAC of the third packet that the peer sent last. */
    private byte[] ownProof = {};
    private boolean dead;
    /** The number behind what the host sent, its SYN included. */
    private int highest = 1;
    /** The segment that was seen last has a mapping. */
    private boolean mapped;
    private final List<Mapping> mappings = new ArrayList<>();
    private final List<Mapping> own = new ArrayList<>();

    Path(MptcpScript script, String name, IpAddress address, int port, IpAddress hostAddress, int device, int id) {
        super(script, address, port, hostAddress, device);
        this.script = script;
        this.name = name;
        this.id = id;
        nonce = FIRST_NONCE + id;
    }

    private MpPeer mp() {
        return another == null ? script.mp : another;
    }

    /** Belongs to another connection than the script's. */
    public Path of(MpPeer connection) {
        another = connection;
        return this;
    }

    @Override
    protected String name() {
        return name;
    }

    /** What the peer's SYN says on this path, once it was sent. */
    public int nonce() {
        return nonce;
    }

    /** The peer's address id on this path, 0 on the first. */
    public int id() {
        return id;
    }

    /** From now on nothing from the peer gets through: what the host sends is still to be seen. */
    public Path dies() {
        dead = true;
        return this;
    }

    /** Ends {@link #dies}. */
    public Path livesAgain() {
        dead = false;
        return this;
    }

    // Openings.

    /** The peer opens a connection, which the host, which listens, accepts: the peer's third packet has no data. */
    public Conn opensMultipath() {
        return opensMultipath(fullSyn());
    }

    /** As {@link #opensMultipath()}, with the TCP options of this SYN. */
    public Conn opensMultipath(Seg syn) {
        sends(syn.with(MpOption.capable()));
        sees(Seg.synAck(0, 1).with(MpOption.capable().key()));
        sends(Seg.ack(1, 1).with(MpOption.capable().keys())).seesNothing();
        return script.accepts();
    }

    /** The host opens a connection, which the peer takes. */
    public Conn isConnectedToMultipath() {
        Conn conn = script.connects(this);
        sees(Seg.syn(0).with(MpOption.capable()));
        sends(fullSynAck().with(MpOption.capable().key()));
        sees(Seg.ack(1, 1).with(MpOption.capable().keys())).seesNothing();
        return conn;
    }

    /** A SYN/ACK with all of TCP's options. */
    public Seg fullSynAck() {
        Seg syn = fullSyn();
        return Seg.synAck(0, 1).like(syn);
    }

    /** The peer joins the connection by this path. */
    public Path joins() {
        sends(fullSyn().with(MpOption.join()));
        sees(Seg.synAck(0, 1).with(MpOption.join()));
        sends(Seg.ack(1, 1).with(MpOption.join()));
        sees(Seg.ack(1, 1)).seesNothing();
        return this;
    }

    /** The host joins the connection by this path, and the peer agrees. */
    public Path isJoined() {
        sees(Seg.syn(0).with(MpOption.join().token(mp().token())));
        sends(fullSynAck().with(MpOption.join()));
        sees(Seg.ack(1, 1).with(MpOption.join()));
        sends(Seg.ack(1, 1)).seesNothing();
        return this;
    }

    // What is sent.

    @Override
    public Path sends(Seg... segments) {
        assertThat(dead).as("the path is dead").isFalse();
        super.sends(segments);
        return this;
    }

    @Override
    public Path sendsTogether(Seg... segments) {
        assertThat(dead).as("the path is dead").isFalse();
        super.sendsTogether(segments);
        return this;
    }

    @Override
    public Path sees(Seg... wanted) {
        super.sees(wanted);
        return this;
    }

    @Override
    public Path seesNothing() {
        super.seesNothing();
        return this;
    }

    @Override
    public Path seesWhatever() {
        super.seesWhatever();
        return this;
    }

    @Override
    protected void fillIn(Seg segment) {
        boolean silent = segment.namesExtras() || segment.hasFlags(Tcp.SYN) || segment.hasFlags(Tcp.RST);
        if (mp().isMultipath() && !silent) {
            segment.with(MpOption.dss());
        }
        for (ExtraOption extra : segment.extras()) {
            fillIn(segment, (MpOption) extra);
        }
        placePayload(segment);
        super.fillIn(segment);
    }

    private void fillIn(Seg segment, MpOption option) {
        MpPeer mp = mp();
        switch (option.subtype) {
            case MP_CAPABLE -> {
                option.fields.putIfAbsent(MpField.VERSION, 1L);
                option.fields.putIfAbsent(MpField.FLAGS, mp.flags(segment.hasFlags(Tcp.SYN)));
                if (option.has(MpField.LENGTH)) {
                    map(1, 1, (int) option.field(MpField.LENGTH), 0);
                }
                if (!segment.hasFlags(Tcp.SYN)) {
                    mp.agreed();
                }
            }
            case MP_JOIN -> {
                if (segment.hasFlags(Tcp.SYN)) {
                    option.fields.putIfAbsent(MpField.ID, (long) id);
                    option.fields.putIfAbsent(MpField.NONCE, nonce & 0xffff_ffffL);
                    nonce = (int) option.field(MpField.NONCE);
                    if (!segment.hasFlags(Tcp.ACK)) {
                        option.fields.putIfAbsent(MpField.TOKEN, mp.hostToken() & 0xffff_ffffL);
                    }
                }
            }
            case DSS -> {
                if (!option.withoutAck) {
                    option.fields.putIfAbsent(MpField.ACK, mp.hostEnd());
                    option.fields.putIfAbsent(MpField.ACK_BYTES, 8L);
                }
                if (option.has(MpField.DSN)) {
                    option.fields.putIfAbsent(MpField.DSN_BYTES, 8L);
                    map(option.field(MpField.DSN), (int) option.field(MpField.SSN), (int) option.field(MpField.LENGTH),
                            (int) option.field(MpField.FIN));
                }
            }
            default -> {
                // What they carry, they say.
            }
        }
    }

    private void map(long dsn, int ssn, int length, int fin) {
        own.add(new Mapping(dsn, ssn, length - fin, length == 0));
        mp().sent(length == 0 ? Integer.MAX_VALUE : dsn + length);
    }

    /** Puts those bytes of the stream into a segment that its mapping says are there. */
    private void placePayload(Seg segment) {
        if (segment.from() == segment.to()) {
            return;
        }
        for (int i = own.size() - 1; i >= 0; i--) {
            Mapping mapping = own.get(i);
            if (mapping.covers(segment.from())) {
                segment.placeIfUnplaced(mapping.dsn - 1 + segment.from() - mapping.ssn);
                return;
            }
        }
        // Without a mapping it is what it would be in plain TCP.
        mp().sent(segment.to());
    }

    @Override
    protected byte[] extraBytes(Seg segment, ExtraOption extra) {
        MpOption wire = ((MpOption) extra).copy();
        MpPeer mp = mp();
        switch (wire.subtype) {
            case MP_CAPABLE -> {
                replace(wire, MpField.KEY, mp.key());
                if (wire.field(MpField.PEER_KEY) == MpPeer.FILLED_IN) {
                    wire.put(MpField.PEER_KEY, mp.hostKey());
                }
                if (wire.has(MpField.LENGTH) && mp.checksums() && !wire.has(MpField.CHECKSUM)) {
                    wire.put(MpField.CHECKSUM, ownChecksum(1, 1, (int) wire.field(MpField.LENGTH), false));
                }
            }
            case MP_JOIN -> wire.hmac = proof(segment, wire);
            case DSS -> toWire(wire);
            case ADD_ADDR -> {
                if (wire.field(MpField.ECHO) == 0) {
                    byte[] address = MpCodec.addressBytes(wire.address);
                    wire.hmac = spoil(wire, MpCrypto.addressProof(mp.key(), mp.hostKey(),
                            (int) wire.field(MpField.ID), address, (int) wire.field(MpField.PORT)));
                }
            }
            case MP_FAIL -> wire.put(MpField.DSN, mp.hostDsn(wire.field(MpField.DSN)));
            case MP_FASTCLOSE -> {
                if (!wire.has(MpField.KEY)) {
                    wire.put(MpField.KEY, mp.hostKey());
                }
            }
            default -> {
                // As it stands.
            }
        }
        return MpCodec.encode(wire);
    }

    private static void replace(MpOption wire, MpField field, long value) {
        if (wire.field(field) == MpPeer.FILLED_IN) {
            wire.put(field, value);
        }
    }

    private byte[] proof(Seg segment, MpOption wire) {
        if (segment.hasFlags(Tcp.SYN) && !segment.hasFlags(Tcp.ACK)) {
            return new byte[0];
        }
        int bytes = segment.hasFlags(Tcp.SYN) ? 8 : 20;
        if (wire.replayed != null) {
            return wire.replayed.ownProof.clone();
        }
        int ownNonce = wire.has(MpField.NONCE) ? (int) wire.field(MpField.NONCE) : nonce;
        byte[] proof = spoil(wire, MpCrypto.joinProof(mp().key(), mp().hostKey(), ownNonce, hostNonce, bytes));
        if (!segment.hasFlags(Tcp.SYN)) {
            ownProof = proof.clone();
        }
        return proof;
    }

    private static byte[] spoil(MpOption wire, byte[] proof) {
        if (wire.wrongHmac >= 0) {
            proof[wire.wrongHmac] ^= 0x10;
        }
        return proof;
    }

    private void toWire(MpOption wire) {
        MpPeer mp = mp();
        if (wire.has(MpField.ACK)) {
            wire.put(MpField.ACK, mp.hostDsn(wire.field(MpField.ACK)));
        }
        if (wire.has(MpField.DSN)) {
            long dsn = wire.field(MpField.DSN);
            int length = (int) wire.field(MpField.LENGTH);
            if (mp.checksums() && !wire.has(MpField.CHECKSUM)) {
                int ssn = (int) wire.field(MpField.SSN);
                boolean fin = wire.field(MpField.FIN) != 0;
                wire.put(MpField.CHECKSUM, length == 0 ? 0 : ownChecksum(dsn, ssn, length, fin));
            }
            wire.put(MpField.DSN, mp.ownDsn(dsn));
        }
    }

    private int ownChecksum(long dsn, int ssn, int length, boolean fin) {
        return MpPeer.checksum(
                dev.braid.stack.script.Pattern.FROM_PEER, mp().ownDsn(dsn), dsn, ssn, length, fin);
    }

    // What is seen.

    @Override
    protected long understand(Seg seen) {
        boolean syn = seen.hasFlags(Tcp.SYN);
        mapped = false;
        for (byte[] bytes : seen.unknownOptions()) {
            if (bytes[0] == MpCodec.KIND) {
                MpOption option = MpCodec.decode(bytes, syn, seen.hasFlags(Tcp.ACK));
                understand(seen, option);
                seen.with(option);
            }
        }
        if (seen.from() == seen.to()) {
            return 0;
        }
        return place(seen);
    }

    /** An octet sent before, without a mapping, only asks for an answer: RFC 9293 section 3.8.4 leaves its value open. */
    private boolean isProbe(Seg seen) {
        return seen.to() - seen.from() == 1 && seen.to() <= highest && !mapped;
    }

    private long place(Seg seen) {
        if (isProbe(seen)) {
            return NOWHERE;
        }
        highest = Math.max(highest, seen.to());
        for (int i = mappings.size() - 1; i >= 0; i--) {
            Mapping mapping = mappings.get(i);
            if (mapping.covers(seen.from())) {
                long first = mapping.dsn + seen.from() - mapping.ssn;
                int last = seen.to() - 1;
                assertThat(mapping.covers(last)).as("one mapping covers the whole segment %s", seen).isTrue();
                mp().hostSent(first + seen.to() - seen.from());
                return first - 1;
            }
        }
        assertThat(mp().isMultipath()).as("data without a mapping").isFalse();
        return super.understand(seen);
    }

    private void understand(Seg seen, MpOption option) {
        MpPeer mp = mp();
        switch (option.subtype) {
            case MP_CAPABLE -> capable(seen, option);
            case MP_JOIN -> joining(seen, option);
            case DSS -> dss(seen, option);
            case ADD_ADDR -> {
                if (option.hmac != null) {
                    byte[] address = MpCodec.addressBytes(option.address);
                    assertThat(option.hmac).as("the HMAC of ADD_ADDR").isEqualTo(
                            MpCrypto.addressProof(mp.hostKey(), mp.key(), (int) option.field(MpField.ID), address,
                                    (int) option.field(MpField.PORT)));
                }
            }
            case MP_FAIL -> option.put(MpField.DSN, mp.ownRelative(option.field(MpField.DSN), 8));
            case MP_FASTCLOSE -> assertThat(option.field(MpField.KEY)).as("the key of MP_FASTCLOSE")
                    .isEqualTo(mp.key());
            default -> {
                // Nothing to check.
            }
        }
    }

    private void capable(Seg seen, MpOption option) {
        MpPeer mp = mp();
        int flags = (int) option.field(MpField.FLAGS);
        assertThat(option.field(MpField.VERSION)).as("version").isEqualTo(1);
        assertThat(flags & ~(MpOption.FLAG_A | MpOption.FLAG_C)).as("flags B and D to H").isEqualTo(MpOption.FLAG_H);
        if (option.has(MpField.KEY)) {
            mp.learn(option.field(MpField.KEY), flags);
        }
        if (option.has(MpField.PEER_KEY)) {
            assertThat(option.field(MpField.PEER_KEY)).as("the peer's key, echoed").isEqualTo(mp.key());
            assertThat((flags & MpOption.FLAG_A) != 0).as("flag A of the third packet").isEqualTo(mp.checksums());
            mp.agreed();
        }
        if (option.has(MpField.LENGTH)) {
            declared(seen, 1, 1, option);
        }
    }

    private void joining(Seg seen, MpOption option) {
        if (!seen.hasFlags(Tcp.SYN)) {
            assertThat(option.hmac).as("the HMAC of the third packet").isEqualTo(
                    MpCrypto.joinProof(mp().hostKey(), mp().key(), hostNonce, nonce, 20));
            return;
        }
        hostNonce = (int) option.field(MpField.NONCE);
        if (seen.hasFlags(Tcp.ACK)) {
            assertThat(option.hmac).as("the HMAC of the SYN/ACK").isEqualTo(
                    MpCrypto.joinProof(mp().hostKey(), mp().key(), hostNonce, nonce, 8));
        } else {
            assertThat((int) option.field(MpField.TOKEN)).as("token").isEqualTo(mp().token());
        }
    }

    private void dss(Seg seen, MpOption option) {
        MpPeer mp = mp();
        if (option.has(MpField.ACK)) {
            long ack = mp.ownRelative(option.field(MpField.ACK), option.field(MpField.ACK_BYTES));
            option.put(MpField.ACK, ack);
            mp.acknowledged(ack, seen.window() == null ? 0 : seen.window());
        }
        mapped = option.has(MpField.DSN);
        if (mapped) {
            long dsn = mp.hostRelative(option.field(MpField.DSN), option.field(MpField.DSN_BYTES));
            option.put(MpField.DSN, dsn);
            declared(seen, dsn, (int) option.field(MpField.SSN), option);
        }
    }

    /** A mapping was declared: it is what it was before, and its checksum is right. */
    private void declared(Seg seen, long dsn, int ssn, MpOption option) {
        MpPeer mp = mp();
        int length = (int) option.field(MpField.LENGTH);
        boolean fin = option.field(MpField.FIN) != 0;
        assertThat(option.has(MpField.CHECKSUM)).as("a checksum is there").isEqualTo(mp.checksums());
        if (option.has(MpField.CHECKSUM)) {
            int right = length == 0
                    ? 0
                    : MpPeer.checksum(
                            dev.braid.stack.script.Pattern.FROM_HOST, mp.hostDsn(dsn), dsn, ssn, length, fin);
            assertThat((int) option.field(MpField.CHECKSUM)).as("the DSS checksum").isEqualTo(right);
        }
        if (fin) {
            mp.hostSent(dsn + length);
        }
        var mapping = new Mapping(dsn, ssn, length - (fin ? 1 : 0), length == 0);
        if (mapping.infinite || mapping.length > 0) {
            assertThat(mapping.covers(seen.from()) || seen.from() == seen.to())
                    .as("the mapping of %s covers the segment that carries it", seen).isTrue();
            for (Mapping other : mappings) {
                if (other.covers(ssn) && !other.infinite) {
                    assertThat(dsn - ssn).as("a mapping, once declared, stays").isEqualTo(other.dsn - other.ssn);
                }
            }
            mappings.add(mapping);
        }
    }

    /** Forgets what a former subflow of the same addresses and ports agreed on. */
    @Override
    public Path anew() {
        super.anew();
        mappings.clear();
        own.clear();
        return this;
    }
}
