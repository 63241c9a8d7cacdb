package dev.braid.fastpath.frame;

import dev.braid.fastpath.memory.Memory;

/**
 * The extensions of one frame: what is attached to it only when somebody needs it, each of an {@link ExtensionType}. They lie together in
 * a block of the pool's, which clones share until one of them writes. Has the frame's owner.
 */
public final class FrameExtensions {
    private final FramePool pool;
    private final long metadata;

    /** Those of the frame whose metadata lies there. */
    FrameExtensions(FramePool pool, long metadata) {
        this.pool = pool;
        this.metadata = metadata;
    }

    /** Whether this extension is active. */
    public boolean has(ExtensionType type) {
        return (active() & type.bit()) != 0;
    }

    /**
     * The address of an active extension, to read only: clones share it.
     *
     * @return 0 when it is not active
     */
    public long find(ExtensionType type) {
        return has(type) ? pool.extensionBlocks().address(block()) + type.offset() : 0;
    }

    /**
     * The address of an extension to write, activated (and zeroed) if it was not, copied first if a clone shares it.
     *
     * @return 0 when no extension block is left, which is counted
     */
    public long writable(ExtensionType type) {
        ExtensionBlocks blocks = pool.extensionBlocks();
        int active = active();
        int block = active == 0 ? blocks.take() : blocks.unshare(block());
        if (block < 0) {
            return 0;
        }
        Memory.putNative32(metadata + Frame.EXTENSION_BLOCK, block);
        long address = blocks.address(block) + type.offset();
        if ((active & type.bit()) == 0) {
            Memory.zero(address, type.length());
            Memory.putNative32(metadata + Frame.EXTENSIONS, active | type.bit());
        }
        return address;
    }

    /** Deactivates an extension that has done its work; with the last of them the block is given up. */
    public void remove(ExtensionType type) {
        int active = active();
        int left = active & ~type.bit();
        if (left != active) {
            Memory.putNative32(metadata + Frame.EXTENSIONS, left);
            if (left == 0) {
                pool.extensionBlocks().release(block());
            }
        }
    }

    /** Whether both frames carry the same extensions with the same content: a condition for coalescing them. */
    public boolean same(FrameExtensions other) {
        int active = active();
        return active == other.active()
                && (active == 0 || pool.extensionBlocks().equal(block(), other.block(), active));
    }

    /** Takes over another frame's extensions, shared copy-on-write; this one has none of its own yet. */
    public void share(FrameExtensions with) {
        int active = with.active();
        if (active != 0) {
            int block = with.block();
            pool.extensionBlocks().retain(block);
            put(active, block);
        }
    }

    /**
     * As {@link #share}, of a frame that may come from another pool, whose blocks only its owner may count: those are copied. Where the
     * pool has no block left the frame goes without, for what extensions say is never needed on the wire.
     */
    public void adopt(FrameExtensions from) {
        int active = from.active();
        if (active == 0 || from.pool == pool) {
            share(from);
            return;
        }
        int block = pool.extensionBlocks().take();
        if (block >= 0) {
            long source = from.pool.extensionBlocks().address(from.block());
            Memory.copy(source, pool.extensionBlocks().address(block), ExtensionType.BLOCK_BYTES);
            put(active, block);
        }
    }

    /** Gives all of them up, of which there is at least one. */
    void release() {
        pool.extensionBlocks().release(block());
        Memory.putNative32(metadata + Frame.EXTENSIONS, 0);
    }

    private void put(int active, int block) {
        Memory.putNative32(metadata + Frame.EXTENSIONS, active);
        Memory.putNative32(metadata + Frame.EXTENSION_BLOCK, block);
    }

    private int active() {
        return Memory.nativeI32(metadata + Frame.EXTENSIONS);
    }

    private int block() {
        return Memory.nativeI32(metadata + Frame.EXTENSION_BLOCK);
    }
}
