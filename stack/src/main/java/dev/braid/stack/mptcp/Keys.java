package dev.braid.stack.mptcp;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * What RFC 8684 makes of keys: tokens and initial data sequence numbers by SHA-256 (section 3.1), HMACs by HMAC-SHA256 (RFC 2104) of
 * joins (section 3.2) and address announcements (section 3.4.1).
 *
 * <p>An instance holds the result of its last HMAC until the next one. Core thread only; handshakes, not data, pay for it.
 */
final class Keys {
    private static final int BLOCK = 64;
    private static final int DIGEST = 32;
    private static final int INNER_PAD = 0x36;
    private static final int OUTER_PAD = 0x5c;

    private final MessageDigest sha256;
    private final byte[] block = new byte[BLOCK];
    private final byte[] message = new byte[19];
    private final byte[] inner = new byte[DIGEST];
    private byte[] hmac = new byte[DIGEST];

    Keys() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** A key with what it stands for. */
    HostKey derive(long key) {
        byte[] bytes = new byte[Long.BYTES];
        put64(bytes, 0, key);
        byte[] digest = sha256.digest(bytes);
        return new HostKey(key, (int) (read64(digest, 0) >>> 32), read64(digest, DIGEST - Long.BYTES));
    }

    /**
     * The HMAC that authenticates one side of a join.
     *
     * @param ownKey key of the host whose HMAC it is, the other's behind it
     * @param ownNonce its random number, the other's behind it
     */
    void join(long ownKey, long otherKey, int ownNonce, int otherNonce) {
        put32(message, 0, ownNonce);
        put32(message, 4, otherNonce);
        hmac(ownKey, otherKey, 8);
    }

    /**
     * The HMAC that authenticates an ADD_ADDR.
     *
     * @param senderKey key of the host that announces
     * @param hi the address's high half, IPv4 in its mapped form
     * @param port the port announced; 0 = none
     */
    void addAddress(long senderKey, long receiverKey, int addressId, long hi, long lo, int port) {
        message[0] = (byte) addressId;
        int length = 1;
        if (hi == 0 && lo >>> 32 == 0xffff) {
            put32(message, 1, (int) lo);
            length += 4;
        } else {
            put64(message, 1, hi);
            put64(message, 9, lo);
            length += 16;
        }
        // "If the port is not present in the ADD_ADDR option, the HMAC message will nevertheless include 2 octets of value zero."
        message[length] = (byte) (port >>> 8);
        message[length + 1] = (byte) port;
        hmac(senderKey, receiverKey, length + 2);
    }

    /** The leftmost 64 bits of the last HMAC. */
    long leftmost64() {
        return read64(hmac, 0);
    }

    /** Bits 64 to 127 from the left: with the leftmost 64 and the 32 that follow, the 160 of a join's third packet. */
    long middle64() {
        return read64(hmac, 8);
    }

    /** Bits 128 to 159 from the left. */
    int low32() {
        return (int) (read64(hmac, 16) >>> 32);
    }

    /** The rightmost 64 bits of the last HMAC. */
    long rightmost64() {
        return read64(hmac, DIGEST - Long.BYTES);
    }

    private void hmac(long firstKey, long secondKey, int messageLength) {
        pad(firstKey, secondKey, INNER_PAD);
        sha256.update(block);
        sha256.update(message, 0, messageLength);
        System.arraycopy(sha256.digest(), 0, inner, 0, DIGEST);
        pad(firstKey, secondKey, OUTER_PAD);
        sha256.update(block);
        hmac = sha256.digest(inner);
    }

    private void pad(long firstKey, long secondKey, int with) {
        Arrays.fill(block, (byte) 0);
        put64(block, 0, firstKey);
        put64(block, 8, secondKey);
        for (int i = 0; i < BLOCK; i++) {
            block[i] ^= (byte) with;
        }
    }

    private static void put64(byte[] to, int at, long value) {
        put32(to, at, (int) (value >>> 32));
        put32(to, at + 4, (int) value);
    }

    private static void put32(byte[] to, int at, int value) {
        to[at] = (byte) (value >>> 24);
        to[at + 1] = (byte) (value >>> 16);
        to[at + 2] = (byte) (value >>> 8);
        to[at + 3] = (byte) value;
    }

    private static long read64(byte[] from, int at) {
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = value << 8 | (from[at + i] & 0xff);
        }
        return value;
    }
}
