package dev.braid.testing;

import dev.braid.fastpath.memory.Memory;
import java.lang.foreign.Arena;
import java.util.HexFormat;

/** Off-heap bytes as hexadecimal text, for tests that say what stands on the wire. */
public final class Bytes {
    private Bytes() {}

    /** Puts the bytes of hexadecimal text, blanks ignored, into memory of the arena and answers their address. */
    public static long of(Arena arena, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
        return of(arena, bytes);
    }

    /** Puts the bytes into memory of the arena and answers their address. */
    public static long of(Arena arena, byte[] bytes) {
        long address = Memory.allocate(arena, Math.max(bytes.length, 1), 8);
        Memory.copyIn(bytes, 0, address, bytes.length);
        return address;
    }

    /** The memory as hexadecimal text, without blanks. */
    public static String hex(long address, int length) {
        return HexFormat.of().formatHex(at(address, length));
    }

    /** A copy of the memory. */
    public static byte[] at(long address, int length) {
        byte[] bytes = new byte[length];
        Memory.copyOut(address, bytes, 0, length);
        return bytes;
    }
}
