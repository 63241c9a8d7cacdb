package dev.braid.tools.demo;

import dev.braid.fastpath.sim.SplitMix64;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The bytes a demo moves: pseudo-random from a seed, so that neither end needs the other's copy, with the SHA-256 of all that
 * passed. One thread.
 */
final class Payload {
    private static final int BLOCK = 64 << 10;

    private final SplitMix64 random;
    private final MessageDigest digest = sha256();
    private final ByteBuffer block = ByteBuffer.allocateDirect(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
    private long left;

    Payload(long seed, long bytes) {
        random = new SplitMix64(seed);
        left = bytes;
        block.limit(0);
    }

    /** The next bytes to send, in a buffer that is refilled once it is empty; empty at the end. */
    ByteBuffer next() {
        if (!block.hasRemaining() && left > 0) {
            block.clear();
            while (block.hasRemaining()) {
                block.putLong(random.nextLong());
            }
            block.flip().limit((int) Math.min(BLOCK, left));
            left -= block.remaining();
            digest.update(block.duplicate());
        }
        return block;
    }

    /** The digest of all that {@link #next} gave, in hexadecimal. Once. */
    String digest() {
        return hex(digest);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }
}
