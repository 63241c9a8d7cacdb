package dev.braid.tools.names;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Builds name servers' messages byte by byte, good ones and bad ones, without the code under test. */
public final class MessageBytes {
    static final int QUESTION_AT = 12;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int answers;
    private int flags = 0x8180;
    private final int id;
    private int questions = 1;

    private MessageBytes(int id) {
        this.id = id;
    }

    /** An answer to a question. */
    static MessageBytes answer(int id, String name, int type) {
        return new MessageBytes(id).name(name).u16(type).u16(1);
    }

    /** An answer to the question in this message, whoever asked it. */
    public static MessageBytes answerTo(byte[] query) {
        var message = new MessageBytes(ByteBuffer.wrap(query).getShort(0) & 0xffff);
        message.out.writeBytes(Arrays.copyOfRange(query, QUESTION_AT, nameEnd(query) + 5));
        return message;
    }

    /** The name that a message asks for, without a dot at its end. */
    public static String nameIn(byte[] query) {
        var name = new StringBuilder();
        for (int at = QUESTION_AT; query[at] != 0; at += 1 + query[at]) {
            name.append(new String(query, at + 1, query[at], StandardCharsets.ISO_8859_1)).append('.');
        }
        return name.substring(0, name.length() - 1);
    }

    /** The type of record that a message asks for. */
    public static int typeIn(byte[] query) {
        return ByteBuffer.wrap(query).getShort(nameEnd(query) + 1);
    }

    /** Where the question's name has its last byte, which is 0. */
    private static int nameEnd(byte[] query) {
        int end = QUESTION_AT;
        while (query[end] != 0) {
            end += 1 + query[end];
        }
        return end;
    }

    MessageBytes flags(int flags) {
        this.flags = flags;
        return this;
    }

    public MessageBytes code(int code) {
        flags = (flags & ~0xf) | code;
        return this;
    }

    MessageBytes questions(int count) {
        questions = count;
        return this;
    }

    /** Says that there are more answers than there are. */
    MessageBytes claimsMore(int more) {
        answers += more;
        return this;
    }

    public MessageBytes address(String owner, long ttl, String address) {
        try {
            byte[] bytes = InetAddress.getByName(address).getAddress();
            return record(owner, bytes.length == 4 ? 1 : 28, ttl, bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    MessageBytes alias(String owner, long ttl, String target) {
        return record(owner, 5, ttl, new MessageBytes(0).name(target).out.toByteArray());
    }

    MessageBytes record(String owner, int type, long ttl, byte[] data) {
        answers++;
        name(owner).u16(type).u16(1).u16((int) (ttl >>> 16)).u16((int) ttl).u16(data.length);
        return raw(data);
    }

    /** Names the question's name by a pointer to it (RFC 1035 section 4.1.4), then A, IN. */
    MessageBytes addressOfPointer(int pointer, byte[] address) {
        answers++;
        u16(0xc000 | pointer).u16(1).u16(1).u16(0).u16(60).u16(address.length);
        return raw(address);
    }

    MessageBytes raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    MessageBytes u16(int value) {
        out.write(value >>> 8);
        out.write(value);
        return this;
    }

    private MessageBytes name(String name) {
        for (String label : name.isEmpty() ? new String[0] : name.split("\\.")) {
            byte[] text = label.getBytes(StandardCharsets.ISO_8859_1);
            out.write(text.length);
            out.writeBytes(text);
        }
        out.write(0);
        return this;
    }

    public byte[] build() {
        var message = ByteBuffer.allocate(QUESTION_AT + out.size());
        message.putShort((short) id).putShort((short) flags);
        message.putShort((short) questions).putShort((short) answers).putInt(0);
        return message.put(out.toByteArray()).array();
    }
}
