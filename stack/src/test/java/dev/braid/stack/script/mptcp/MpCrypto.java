package dev.braid.stack.script.mptcp;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What RFC 8684 derives from keys, by the JDK's own hands. */
public final class MpCrypto {
    private MpCrypto() {}

    private static byte[] sha256(long key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(ByteBuffer.allocate(8).putLong(key).array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The most significant 32 bits of the key's hash (section 3.1). */
    public static int token(long key) {
        return ByteBuffer.wrap(sha256(key)).getInt(0);
    }

    /** The least significant 64 bits of the key's hash (section 3.1). */
    public static long idsn(long key) {
        return ByteBuffer.wrap(sha256(key)).getLong(24);
    }

    private static byte[] hmac(long key, long otherKey, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            byte[] secret = ByteBuffer.allocate(16).putLong(key).putLong(otherKey).array();
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What proves in MP_JOIN that its sender knows both keys: the leftmost {@code bytes} (section 3.2). */
    public static byte[] joinProof(long ownKey, long otherKey, int ownNonce, int otherNonce, int bytes) {
        byte[] message = ByteBuffer.allocate(8).putInt(ownNonce).putInt(otherNonce).array();
        return Arrays.copyOf(hmac(ownKey, otherKey, message), bytes);
    }

    /** What proves an ADD_ADDR: the rightmost 8 bytes over id, address and port, 0 without one (section 3.4.1). */
    public static byte[] addressProof(long ownKey, long otherKey, int id, byte[] address, int port) {
        byte[] message = ByteBuffer.allocate(address.length + 3)
                .put((byte) id).put(address).putShort((short) port).array();
        return Arrays.copyOfRange(hmac(ownKey, otherKey, message), 24, 32);
    }

    /** The checksum of a mapping (section 3.3.1): over a pseudo-header with the 64-bit number, and the data. */
    public static int checksum(long dsn, int ssn, int length, byte[] data) {
        ByteBuffer all = ByteBuffer.allocate(16 + data.length + (data.length & 1));
        all.putLong(dsn).putInt(ssn).putShort((short) length).putShort((short) 0).put(data).flip();
        all.limit(all.capacity());
        long sum = 0;
        while (all.hasRemaining()) {
            sum += all.getShort() & 0xffff;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) ~sum & 0xffff;
    }
}
