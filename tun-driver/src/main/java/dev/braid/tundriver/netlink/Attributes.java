package dev.braid.tundriver.netlink;

import dev.braid.fastpath.wire.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of one netlink message or of one nested attribute, by number. An attribute that overruns its message
 * ends the list; one that is absent or too short reads as the default.
 */
final class Attributes {
    private static final int TYPE_MASK = 0x3fff;

    private final Map<Integer, byte[]> values = new HashMap<>();

    private Attributes() {}

    /** Reads the attributes from {@code from}, aligned to four, to {@code to}, exclusive. */
    static Attributes parse(ByteBuffer message, int from, int to) {
        Attributes found = new Attributes();
        int at = from;
        while (at + 4 <= to) {
            int length = message.getShort(at) & 0xffff;
            if (length < 4 || at + length > to) {
                break;
            }
            byte[] value = new byte[length - 4];
            message.get(at + 4, value);
            found.values.put(message.getShort(at + 2) & TYPE_MASK, value);
            at += (length + 3) & ~3;
        }
        return found;
    }

    /** The attributes inside a nested one; none when it is absent. */
    Attributes nested(int attribute) {
        byte[] value = values.get(attribute);
        return value == null ? new Attributes() : parse(buffer(value), 0, value.length);
    }

    /** The elements inside a list, in order: each nested attribute's own attributes, whatever its number. */
    List<Attributes> elements(int attribute) {
        List<Attributes> found = new ArrayList<>();
        byte[] list = values.get(attribute);
        if (list == null) {
            return found;
        }
        ByteBuffer all = buffer(list);
        int at = 0;
        while (at + 4 <= list.length) {
            int length = all.getShort(at) & 0xffff;
            if (length < 4 || at + length > list.length) {
                break;
            }
            found.add(parse(all, at + 4, at + length));
            at += (length + 3) & ~3;
        }
        return found;
    }

    boolean isEmpty() {
        return values.isEmpty();
    }

    boolean has(int attribute) {
        return values.containsKey(attribute);
    }

    int u8(int attribute, int absent) {
        byte[] value = values.get(attribute);
        return value == null || value.length < 1 ? absent : value[0] & 0xff;
    }

    int i32(int attribute, int absent) {
        byte[] value = values.get(attribute);
        return value == null || value.length < 4 ? absent : buffer(value).getInt(0);
    }

    /** A 32-bit number in network order. */
    int big32(int attribute, int absent) {
        byte[] value = values.get(attribute);
        return value == null || value.length < 4 ? absent : ByteBuffer.wrap(value).getInt(0);
    }

    /** A 64-bit number in network order. */
    long big64(int attribute, long absent) {
        byte[] value = values.get(attribute);
        return value == null || value.length < 8 ? absent : ByteBuffer.wrap(value).getLong(0);
    }

    String text(int attribute) {
        byte[] value = values.get(attribute);
        if (value == null) {
            return "";
        }
        int end = value.length;
        while (end > 0 && value[end - 1] == 0) {
            end--;
        }
        return new String(value, 0, end, StandardCharsets.UTF_8);
    }

    @Nullable
    IpAddress address(int attribute) {
        byte[] value = values.get(attribute);
        return value == null || (value.length != 4 && value.length != 16) ? null : IpAddress.ofBytes(value);
    }

    /** The raw bytes in the machine's order, or null. */
    @Nullable
    ByteBuffer bytes(int attribute) {
        byte[] value = values.get(attribute);
        return value == null ? null : buffer(value);
    }

    private static ByteBuffer buffer(byte[] value) {
        return ByteBuffer.wrap(value).order(ByteOrder.nativeOrder());
    }
}
