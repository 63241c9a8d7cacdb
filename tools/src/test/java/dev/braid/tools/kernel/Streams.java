package dev.braid.tools.kernel;

import dev.braid.fastpath.sim.SplitMix64;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** Seeded byte streams through channels, and their digests. */
public final class Streams {
    private static final int BLOCK = 64 << 10;

    private Streams() {}

    /** Sends {@code bytes} pseudo-random bytes and answers their digest; does not end the stream. */
    public static String send(SocketChannel channel, long seed, long bytes) throws IOException {
        var random = new SplitMix64(seed);
        MessageDigest digest = sha256();
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
        for (long left = bytes; left > 0; left -= block.limit()) {
            block.clear();
            while (block.hasRemaining()) {
                block.putLong(random.nextLong());
            }
            block.flip().limit((int) Math.min(BLOCK, left));
            digest.update(block.duplicate());
            while (block.hasRemaining()) {
                channel.write(block);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Reads to the end of the stream and answers the digest of what came. */
    public static String receive(SocketChannel channel) throws IOException {
        return receive(channel, Long.MAX_VALUE);
    }

    /** Reads this many bytes, or to the end of the stream, and answers their digest. */
    public static String receive(SocketChannel channel, long bytes) throws IOException {
        MessageDigest digest = sha256();
        ByteBuffer buffer = ByteBuffer.allocateDirect(BLOCK);
        for (long left = bytes; left > 0;) {
            buffer.clear().limit((int) Math.min(BLOCK, left));
            int got = channel.read(buffer);
            if (got < 0) {
                break;
            }
            left -= got;
            digest.update(buffer.flip());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Runs it on a thread of its own. */
    public static <T> CompletableFuture<T> async(Callable<T> work) {
        var result = new CompletableFuture<T>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                result.complete(work.call());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
