package dev.braid.stack.script.mptcp;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.script.ExtraOption;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * An MPTCP option as a script writes it: only the fields it cares about. What the peer sends and the script does not name, it
 * fills in: keys, tokens, nonces, HMACs, checksums and DATA_ACKs. One seen on the wire has every field it carried.
 *
 * <p>Data sequence numbers are relative: the first byte of a stream is at 1, as sequence numbers of a {@link
 * dev.braid.stack.script.Seg} are.
 */
public final class MpOption implements ExtraOption {
    /** Flags of MP_CAPABLE (RFC 8684 section 3.1). */
    public static final int FLAG_A = 0x80;
    public static final int FLAG_B = 0x40;
    public static final int FLAG_C = 0x20;
    public static final int FLAG_H = 0x01;

    /** What segments {@linkplain dev.braid.stack.script.Seg#lacks lack}. */
    public static final String MP_CAPABLE = "MP_CAPABLE";
    public static final String MP_JOIN = "MP_JOIN";
    public static final String DSS = "DSS";
    public static final String ADD_ADDR = "ADD_ADDR";
    public static final String REMOVE_ADDR = "REMOVE_ADDR";
    public static final String MP_PRIO = "MP_PRIO";
    public static final String MP_FAIL = "MP_FAIL";
    public static final String MP_FASTCLOSE = "MP_FASTCLOSE";
    public static final String MP_TCPRST = "MP_TCPRST";
    /** All of them. */
    public static final String[] ALL = {
        MP_CAPABLE, MP_JOIN, DSS, ADD_ADDR, REMOVE_ADDR, MP_PRIO, MP_FAIL, MP_FASTCLOSE, MP_TCPRST};

    final MpSubtype subtype;
    final Map<MpField, Long> fields = new EnumMap<>(MpField.class);
    byte @Nullable [] hmac;
    /** Which of its bytes is wrong, -1 = none. */
    int wrongHmac = -1;
    /** Whose proof it says instead of one of its own. */
    @Nullable Path replayed;
    boolean withoutAck;
    @Nullable IpAddress address;
    int @Nullable [] ids;

    MpOption(MpSubtype subtype) {
        this.subtype = subtype;
    }

    /** MP_CAPABLE: of a SYN as it stands, with {@link #key()} of a SYN/ACK, with {@link #keys()} of what follows. */
    public static MpOption capable() {
        return new MpOption(MpSubtype.MP_CAPABLE);
    }

    /** MP_JOIN: which of its three forms, the segment says that carries it. */
    public static MpOption join() {
        return new MpOption(MpSubtype.MP_JOIN);
    }

    /** A DSS option with no more than a DATA_ACK, whatever it acknowledges. */
    public static MpOption dss() {
        return new MpOption(MpSubtype.DSS);
    }

    /** A DSS option with a mapping of {@code length} bytes: data from {@code dsn} on is the subflow's from {@code ssn} on. */
    public static MpOption map(long dsn, int ssn, int length) {
        return dss().put(MpField.DSN, dsn).put(MpField.SSN, ssn).put(MpField.LENGTH, length);
    }

    /** A DSS option with a DATA_FIN alone, at {@code dsn} (RFC 8684 section 3.3.3). */
    public static MpOption dataFin(long dsn) {
        return map(dsn, 0, 1).fin();
    }

    public static MpOption addAddr(int id, IpAddress address) {
        MpOption option = new MpOption(MpSubtype.ADD_ADDR).id(id).put(MpField.ECHO, 0);
        option.address = address;
        return option;
    }

    public static MpOption removeAddr(int... ids) {
        MpOption option = new MpOption(MpSubtype.REMOVE_ADDR);
        option.ids = ids.clone();
        return option;
    }

    public static MpOption prio(boolean backup) {
        return new MpOption(MpSubtype.MP_PRIO).put(MpField.BACKUP, backup ? 1 : 0);
    }

    /** MP_FAIL: what was wrong began at this data sequence number. */
    public static MpOption fail(long dsn) {
        return new MpOption(MpSubtype.MP_FAIL).put(MpField.DSN, dsn);
    }

    public static MpOption fastclose() {
        return new MpOption(MpSubtype.MP_FASTCLOSE);
    }

    public static MpOption tcprst(int reason) {
        return new MpOption(MpSubtype.MP_TCPRST).put(MpField.REASON, reason);
    }

    /** Another of the same fields. */
    MpOption copy() {
        MpOption copy = new MpOption(subtype);
        copy.fields.putAll(fields);
        copy.hmac = hmac;
        copy.wrongHmac = wrongHmac;
        copy.replayed = replayed;
        copy.withoutAck = withoutAck;
        copy.address = address;
        copy.ids = ids;
        return copy;
    }

    // Details.

    MpOption put(MpField field, long value) {
        fields.put(field, value);
        return this;
    }

    boolean has(MpField field) {
        return fields.containsKey(field);
    }

    long field(MpField field) {
        return fields.getOrDefault(field, 0L);
    }

    public MpOption version(int number) {
        return put(MpField.VERSION, number);
    }

    /** Exactly these flags of MP_CAPABLE, H included. */
    public MpOption flags(int bits) {
        return put(MpField.FLAGS, bits);
    }

    /** With the sender's key, which the peer knows. */
    public MpOption key() {
        return put(MpField.KEY, MpPeer.FILLED_IN);
    }

    /** With this key, whoever's it is. */
    public MpOption key(long key) {
        return put(MpField.KEY, key);
    }

    /** With the sender's key and the receiver's. */
    public MpOption keys() {
        return key().put(MpField.PEER_KEY, MpPeer.FILLED_IN);
    }

    /** With these keys, right or wrong. */
    public MpOption keys(long sender, long receiver) {
        return key(sender).put(MpField.PEER_KEY, receiver);
    }

    /** With this data-level length: of a DSS, or of an MP_CAPABLE that comes with data. */
    public MpOption length(int bytes) {
        return put(MpField.LENGTH, bytes);
    }

    /** With this checksum; the peer's own are right unless told otherwise. */
    public MpOption checksum(int value) {
        return put(MpField.CHECKSUM, value);
    }

    public MpOption backup() {
        return put(MpField.BACKUP, 1);
    }

    public MpOption notBackup() {
        return put(MpField.BACKUP, 0);
    }

    public MpOption id(int addressId) {
        return put(MpField.ID, addressId);
    }

    public MpOption token(int token) {
        return put(MpField.TOKEN, token & 0xffff_ffffL);
    }

    public MpOption nonce(int nonce) {
        return put(MpField.NONCE, nonce & 0xffff_ffffL);
    }

    /** To send: an HMAC that proves nothing. */
    public MpOption wrongHmac() {
        return wrongHmac(3);
    }

    /** To send: an HMAC of which this byte alone is wrong, 0 the first. */
    public MpOption wrongHmac(int wrongByte) {
        wrongHmac = wrongByte;
        return this;
    }

    /** To send: the very HMAC with which this path proved itself in its third packet. */
    public MpOption provedAs(Path other) {
        replayed = other;
        return this;
    }

    /** With this relative DATA_ACK. */
    public MpOption ack(long dsn) {
        return put(MpField.ACK, dsn);
    }

    /** With the DATA_ACK in so many bytes, 4 or 8. */
    public MpOption ackBytes(int bytes) {
        return put(MpField.ACK_BYTES, bytes);
    }

    /** To send: without the DATA_ACK that the peer would put in. */
    public MpOption withoutAck() {
        withoutAck = true;
        return this;
    }

    /** With the data sequence number in so many bytes, 4 or 8. */
    public MpOption dsnBytes(int bytes) {
        return put(MpField.DSN_BYTES, bytes);
    }

    /** With the F bit: the stream ends with the mapping's last number. */
    public MpOption fin() {
        return put(MpField.FIN, 1);
    }

    /** Without the F bit. */
    public MpOption noFin() {
        return put(MpField.FIN, 0);
    }

    public MpOption port(int port) {
        return put(MpField.PORT, port);
    }

    public MpOption echo() {
        return put(MpField.ECHO, 1);
    }

    public MpOption transientFailure() {
        return put(MpField.TRANSIENT, 1);
    }

    public MpOption lastingFailure() {
        return put(MpField.TRANSIENT, 0);
    }

    @Override
    public boolean matches(ExtraOption seen) {
        return seen instanceof MpOption other
                && other.subtype == subtype
                && fields.entrySet().stream().allMatch(
                        want -> want.getValue() == MpPeer.FILLED_IN
                                ? other.has(want.getKey())
                                : want.getValue().equals(other.fields.get(want.getKey())))
                && (address == null || address.equals(other.address))
                && (ids == null || Arrays.equals(ids, other.ids));
    }

    @Override
    public String name() {
        return subtype.name();
    }

    @Override
    public String toString() {
        var text = new StringJoiner(" ");
        text.add(name().toLowerCase(java.util.Locale.ROOT));
        if (address != null) {
            text.add(address.toString());
        }
        if (ids != null) {
            text.add(Arrays.toString(ids));
        }
        fields.forEach((field, value) -> text.add(field + " " + text(field, value)));
        return text.toString();
    }

    private static String text(MpField field, long value) {
        if (value == MpPeer.FILLED_IN) {
            return "*";
        }
        return switch (field) {
            case KEY, PEER_KEY, TOKEN, NONCE, CHECKSUM, FLAGS -> Long.toHexString(value);
            default -> Long.toString(value);
        };
    }
}
