package dev.braid.tundriver.netlink;

import dev.braid.fastpath.wire.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes one netlink message: {@code struct nlmsghdr}, the fixed part of its type, attributes, possibly nested. Numbers
 * are in the machine's order and attributes start at multiples of four, as rtnetlink(7) has it; nfnetlink has its numbers
 * in network order, for which there is {@code big…}.
 */
final class Request {
    static final int NLM_F_REQUEST = 1;
    static final int NLM_F_ACK = 4;
    static final int NLM_F_REPLACE = 0x100;
    static final int NLM_F_EXCL = 0x200;
    static final int NLM_F_CREATE = 0x400;
    static final int NLM_F_APPEND = 0x800;
    static final int NLM_F_DUMP = 0x300;

    static final int HEADER = 16;

    private static final int NLA_F_NESTED = 1 << 15;
    private static final int CAPACITY = 2048;

    private final ByteBuffer bytes = ByteBuffer.allocate(CAPACITY).order(ByteOrder.nativeOrder());
    private final int type;

    /**
     * @param type {@code RTM_…}
     * @param flags {@code NLM_F_…}; {@code NLM_F_REQUEST} is always added
     */
    Request(int type, int flags) {
        this.type = type;
        bytes.putInt(0).putShort((short) type).putShort((short) (flags | NLM_F_REQUEST)).putInt(0).putInt(0);
    }

    int type() {
        return type;
    }

    boolean isDump() {
        return (bytes.getShort(6) & NLM_F_DUMP) == NLM_F_DUMP;
    }

    /** Bytes of the fixed part, in order. */
    Request u8(int... values) {
        for (int value : values) {
            bytes.put((byte) value);
        }
        return this;
    }

    /** A 16-bit number of the fixed part. */
    Request u16(int value) {
        bytes.putShort((short) value);
        return this;
    }

    /** A 32-bit number of the fixed part. */
    Request i32(int value) {
        bytes.putInt(value);
        return this;
    }

    /** A 16-bit number of the fixed part in network order. */
    Request big16(int value) {
        return u8(value >>> 8, value);
    }

    /** An attribute of one byte. */
    Request attribute8(int attribute, int value) {
        return header(attribute, 1).u8(value).pad();
    }

    /** An attribute of one 32-bit number. */
    Request attribute32(int attribute, int value) {
        return header(attribute, 4).i32(value);
    }

    /** An attribute of one 32-bit number in network order. */
    Request big32(int attribute, int value) {
        header(attribute, 4);
        bytes.order(ByteOrder.BIG_ENDIAN).putInt(value).order(ByteOrder.nativeOrder());
        return this;
    }

    /** An attribute of raw bytes. */
    Request attribute(int attribute, byte[] value) {
        header(attribute, value.length);
        bytes.put(value);
        return pad();
    }

    /** An attribute of text, closed by a zero byte. */
    Request attribute(int attribute, String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        header(attribute, text.length + 1);
        bytes.put(text).put((byte) 0);
        return pad();
    }

    /** An attribute of 4 or 16 address bytes in network order. */
    Request attribute(int attribute, IpAddress value) {
        return attribute(attribute, value.toBytes());
    }

    /** Opens a nested attribute; what {@link #close} takes is returned. */
    int open(int attribute) {
        int at = bytes.position();
        header(attribute | NLA_F_NESTED, 0);
        return at;
    }

    /** Closes the nested attribute that {@link #open} began at {@code at}. */
    Request close(int at) {
        bytes.putShort(at, (short) (bytes.position() - at));
        return this;
    }

    private Request header(int attribute, int length) {
        bytes.putShort((short) (4 + length)).putShort((short) attribute);
        return this;
    }

    private Request pad() {
        while ((bytes.position() & 3) != 0) {
            bytes.put((byte) 0);
        }
        return this;
    }

    /** The finished message with this sequence number. */
    byte[] finish(int sequence, boolean acknowledged) {
        bytes.putInt(0, bytes.position());
        if (acknowledged) {
            bytes.putShort(6, (short) (bytes.getShort(6) | NLM_F_ACK));
        }
        bytes.putInt(8, sequence);
        byte[] message = new byte[bytes.position()];
        bytes.get(0, message);
        return message;
    }
}
