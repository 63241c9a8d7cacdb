package dev.braid.fastpath.frame;

import dev.braid.fastpath.memory.Memory;
import java.util.ArrayList;
import java.util.List;

/**
 * A kind of optional metadata that a frame may carry, such as an MPTCP data mapping or the reason for a send.
 *
 * <p>All types share one block of {@value #BLOCK_BYTES} bytes, attached to a frame when the first of them is added, shared
 * copy-on-write between clones, and freed with the last frame that holds it. Types are registered by static initialisers and
 * never removed.
 */
public final class ExtensionType {
    /** Bytes of one extension block, all types together. */
    public static final int BLOCK_BYTES = 128;
    /** The most types that can be registered. */
    public static final int MAX_TYPES = 8;

    private static final List<ExtensionType> REGISTERED = new ArrayList<>();

    private final String name;
    private final int bit;
    private final int offset;
    private final int length;

    private ExtensionType(String name, int bit, int offset, int length) {
        this.name = name;
        this.bit = bit;
        this.offset = offset;
        this.length = length;
    }

    /**
     * Registers a type.
     *
     * @param length bytes it needs, rounded up to a multiple of 8
     * @throws IllegalStateException when the name is taken or the block has no room
     */
    public static ExtensionType register(String name, int length) {
        synchronized (REGISTERED) {
            int offset = 0;
            for (ExtensionType other : REGISTERED) {
                if (other.name.equals(name)) {
                    throw new IllegalStateException("extension " + name + " is registered already");
                }
                offset = other.offset + other.length;
            }
            int rounded = (length + 7) & ~7;
            if (REGISTERED.size() == MAX_TYPES || offset + rounded > BLOCK_BYTES) {
                throw new IllegalStateException("no room for extension " + name + " of " + length + " bytes");
            }
            ExtensionType type = new ExtensionType(name, 1 << REGISTERED.size(), offset, rounded);
            REGISTERED.add(type);
            return type;
        }
    }

    /** Whether the active types have the same content in both blocks. */
    static boolean sameContent(long one, long other, int active) {
        synchronized (REGISTERED) {
            for (ExtensionType type : REGISTERED) {
                if ((active & type.bit) != 0) {
                    for (int at = type.offset; at < type.offset + type.length; at += Long.BYTES) {
                        if (Memory.nativeI64(one + at) != Memory.nativeI64(other + at)) {
                            return false;
                        }
                    }
                }
            }
            return true;
        }
    }

    /** Its name in diagnostics. */
    public String name() {
        return name;
    }

    /** Bytes it occupies. */
    public int length() {
        return length;
    }

    /** Its bit in a frame's set of active extensions. */
    int bit() {
        return bit;
    }

    /** Where it lies in the block. */
    int offset() {
        return offset;
    }
}
