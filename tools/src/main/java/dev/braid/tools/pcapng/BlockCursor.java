package dev.braid.tools.pcapng;

import dev.braid.fastpath.memory.Memory;
import java.nio.charset.StandardCharsets;

/**
 * Writes the fields and options of one pcapng block behind each other, in the machine's byte order and padded to 32 bits as
 * the format wants them. One thread.
 */
final class BlockCursor {
    private static final int END_OF_OPTIONS = 0;
    private static final int MAX_TEXT = 4096;

    private long at;

    /** Begins at this address. */
    void start(long address) {
        at = address;
    }

    /** Where the next field goes. */
    long at() {
        return at;
    }

    void u16(int value) {
        Memory.putNative16(at, value);
        at += Short.BYTES;
    }

    void u32(int value) {
        Memory.putNative32(at, value);
        at += Integer.BYTES;
    }

    void u64(long value) {
        Memory.putNative64(at, value);
        at += Long.BYTES;
    }

    /** A timestamp: the high half comes first whatever the byte order. */
    void time(long epochNs) {
        u32((int) (epochNs >>> 32));
        u32((int) epochNs);
    }

    /** Copies bytes and pads them. */
    void bytes(long from, int length) {
        Memory.copy(from, at, length);
        at += length;
        pad(length);
    }

    void optionU8(int code, int value) {
        optionHeader(code, 1);
        Memory.put8(at, value);
        at++;
        pad(1);
    }

    void optionU32(int code, int value) {
        optionHeader(code, Integer.BYTES);
        u32(value);
    }

    void optionU64(int code, long value) {
        optionHeader(code, Long.BYTES);
        u64(value);
    }

    void optionTime(int code, long epochNs) {
        optionHeader(code, Long.BYTES);
        time(epochNs);
    }

    /** UTF-8 text, cut to what is sane; empty text is left off. */
    void optionText(int code, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(utf8.length, MAX_TEXT);
        if (length == 0) {
            return;
        }
        optionHeader(code, length);
        Memory.copyIn(utf8, 0, at, length);
        at += length;
        pad(length);
    }

    void endOptions() {
        optionHeader(END_OF_OPTIONS, 0);
    }

    private void optionHeader(int code, int length) {
        u16(code);
        u16(length);
    }

    private void pad(int length) {
        for (int i = length; (i & 3) != 0; i++) {
            Memory.put8(at, 0);
            at++;
        }
    }
}
