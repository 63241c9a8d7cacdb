package dev.braid.testing.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The bytes that a fuzzer made up, read from the front as numbers and pieces. Past the end everything is zero, so that every
 * input means something and a longer one only adds to what a shorter one does.
 */
public final class FuzzInput {
    private final byte[] data;
    private int at;

    public FuzzInput(byte[] data) {
        this.data = data;
    }

    /** Whether all is read. */
    public boolean isEmpty() {
        return at >= data.length;
    }

    /** 0..255. */
    public int u8() {
        return at < data.length ? data[at++] & 0xff : 0;
    }

    /** 0..65535, big-endian. */
    public int u16() {
        return u8() << 8 | u8();
    }

    /** 32 bits, big-endian. */
    public int i32() {
        return u16() << 16 | u16();
    }

    /** 64 bits, big-endian. */
    public long i64() {
        return (long) i32() << 32 | (i32() & 0xffff_ffffL);
    }

    /** Whether the low bit of the next byte is set. */
    public boolean flag() {
        return (u8() & 1) != 0;
    }

    /** A number of 0..{@code bound - 1}, from one byte as long as that suffices. */
    public int below(int bound) {
        return (bound <= 256 ? u8() : u16()) % bound;
    }

    /** The next {@code length} bytes, fewer when there are not so many. */
    public byte[] bytes(int length) {
        int end = Math.min(data.length, at + length);
        byte[] piece = Arrays.copyOfRange(data, at, end);
        at = end;
        return piece;
    }

    /** All that is left. */
    public byte[] rest() {
        return bytes(data.length - at);
    }

    /** All that is left as text, a character a byte. */
    public String text() {
        return new String(rest(), StandardCharsets.ISO_8859_1);
    }
}
