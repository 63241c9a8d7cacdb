package dev.braid.stack.script.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.script.ExtraOption;
import dev.braid.stack.script.Pattern;

/**
 * The peer's half of a Multipath TCP connection: both keys, what is agreed on, and how far both data streams have come. It is what
 * turns the relative numbers of a script into the wire's and back.
 */
public final class MpPeer {
    /** Stands for a field of an option that is to be there, or that the peer fills in. */
    static final long FILLED_IN = Long.MIN_VALUE + 0x6d70;

    /** The peer's key. Its initial data sequence number lies where it lies: a hash cannot be chosen. */
    private long key = 0x0102_0304_0506_0708L;
    private long hostKey;
    private boolean knowsHostKey;
    private boolean demandsChecksums;
    private boolean deniesItsFirstAddress;
    private boolean hostDemandsChecksums;
    private boolean multipath;
    /** Behind the last byte of the host's stream that was seen, relative. */
    private long hostEnd = 1;
    /** Behind the last byte of the peer's stream that was sent, relative. */
    private long ownEnd = 1;
    private long highestEdge = Long.MIN_VALUE;
    private boolean windowMayShrink;

    MpPeer() {}

    /** The peer asks for checksums (flag A of RFC 8684 section 3.1). */
    public MpPeer demandsChecksums() {
        demandsChecksums = true;
        return this;
    }

    /** The peer wants no joins to the address and port the connection began with (flag C of RFC 8684 section 3.1). */
    public MpPeer deniesItsFirstAddress() {
        deniesItsFirstAddress = true;
        return this;
    }

    /** With another key, before it says anything. */
    public MpPeer key(long other) {
        key = other;
        return this;
    }

    /** The peer's key. */
    public long key() {
        return key;
    }

    /** The host's key, as it said on the wire. */
    public long hostKey() {
        assertThat(knowsHostKey).as("the host's key is known").isTrue();
        return hostKey;
    }

    /** What MP_JOINs to the host carry. */
    public int hostToken() {
        return MpCrypto.token(hostKey());
    }

    /** What the host's MP_JOINs carry. */
    public int token() {
        return MpCrypto.token(key);
    }

    /** Behind the last of the host's data that was seen: what a DATA_ACK says that names nothing else. */
    public long hostEnd() {
        return hostEnd;
    }

    /** From now on both are on plain TCP, or never were on anything else: no option is added or expected. */
    public void fellBack() {
        multipath = false;
    }

    boolean isMultipath() {
        return multipath;
    }

    void agreed() {
        multipath = true;
    }

    boolean checksums() {
        return demandsChecksums || hostDemandsChecksums;
    }

    /** The flags of its MP_CAPABLE: of a SYN, what it wants itself; later, what both do. */
    long flags(boolean syn) {
        return MpOption.FLAG_H
                | ((syn ? demandsChecksums : checksums()) ? MpOption.FLAG_A : 0)
                | (deniesItsFirstAddress ? MpOption.FLAG_C : 0);
    }

    /** The host's key was on the wire: it may not change. */
    void learn(long seenKey, int flags) {
        if (knowsHostKey) {
            assertThat(seenKey).as("the host's key").isEqualTo(hostKey);
        }
        hostKey = seenKey;
        knowsHostKey = true;
        hostDemandsChecksums |= (flags & MpOption.FLAG_A) != 0;
    }

    /** How far the host's stream reaches without a gap when {@code option} maps more of it. */
    public long contiguous(long reached, ExtraOption option) {
        if (option instanceof MpOption mapping && mapping.has(MpField.DSN)
                && mapping.field(MpField.DSN) <= reached) {
            return Math.max(reached, mapping.field(MpField.DSN) + mapping.field(MpField.LENGTH));
        }
        return reached;
    }

    // Numbers.

    long hostDsn(long relative) {
        return MpCrypto.idsn(hostKey()) + relative;
    }

    long ownDsn(long relative) {
        return MpCrypto.idsn(key) + relative;
    }

    /** A number of the host's stream as on the wire, in 4 or 8 bytes, made relative. */
    long hostRelative(long wire, long bytes) {
        return relative(wire, MpCrypto.idsn(hostKey()), bytes);
    }

    long ownRelative(long wire, long bytes) {
        return relative(wire, MpCrypto.idsn(key), bytes);
    }

    private static long relative(long wire, long initial, long bytes) {
        return bytes == 8 ? wire - initial : (int) wire - (int) initial;
    }

    void hostSent(long relativeEnd) {
        hostEnd = Math.max(hostEnd, relativeEnd);
    }

    void sent(long relativeEnd) {
        ownEnd = Math.max(ownEnd, relativeEnd);
    }

    /** The host acknowledged data and offered so much beyond: never for what was not sent, never less than before. */
    void acknowledged(long relativeAck, int window) {
        assertThat(relativeAck).as("DATA_ACK").isBetween(0L, ownEnd);
        long edge = relativeAck + window;
        if (!windowMayShrink) {
            assertThat(edge).as("the right edge of the shared window, which never shrinks (RFC 8684 section 3.3.4)")
                    .isGreaterThanOrEqualTo(highestEdge);
        }
        highestEdge = Math.max(highestEdge, edge);
    }

    /** For scripts that sent what they do not account for: no more checks of the window. */
    public MpPeer windowMayShrink() {
        windowMayShrink = true;
        return this;
    }

    // Checksums.

    static int checksum(long stream, long dsn, long relativeDsn, int ssn, int length, boolean fin) {
        byte[] data = new byte[Math.max(0, length - (fin ? 1 : 0))];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) Pattern.at(stream, relativeDsn - 1 + i);
        }
        return MpCrypto.checksum(dsn, ssn, length, data);
    }
}
