package dev.braid.fastpath.frame;

import dev.braid.fastpath.memory.Memory;
import java.lang.foreign.Arena;

/** The extension blocks of one frame pool, reference-counted and copied on write. Owner's thread only. */
final class ExtensionBlocks {
    private final long base;
    private final int[] references;
    private final int[] free;
    private int freeCount;

    ExtensionBlocks(Arena arena, int capacity) {
        base = Memory.allocate(arena, (long) capacity * ExtensionType.BLOCK_BYTES, 64);
        references = new int[capacity];
        free = new int[capacity];
        for (int i = 0; i < capacity; i++) {
            free[i] = capacity - 1 - i;
        }
        freeCount = capacity;
    }

    long address(int block) {
        return base + (long) block * ExtensionType.BLOCK_BYTES;
    }

    /** A block with one reference, or -1 when none is left. */
    int take() {
        if (freeCount == 0) {
            return -1;
        }
        int block = free[--freeCount];
        references[block] = 1;
        return block;
    }

    void retain(int block) {
        references[block]++;
    }

    void release(int block) {
        if (--references[block] == 0) {
            free[freeCount++] = block;
        }
    }

    /** The block itself when nobody shares it, else a copy that replaces the caller's reference; -1 when none is left. */
    int unshare(int block) {
        if (references[block] == 1) {
            return block;
        }
        int copy = take();
        if (copy >= 0) {
            Memory.copy(address(block), address(copy), ExtensionType.BLOCK_BYTES);
            release(block);
        }
        return copy;
    }

    boolean equal(int one, int other, int active) {
        return one == other || ExtensionType.sameContent(address(one), address(other), active);
    }

    int inUse() {
        return references.length - freeCount;
    }
}
