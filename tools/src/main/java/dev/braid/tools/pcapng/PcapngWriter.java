package dev.braid.tools.pcapng;

import dev.braid.fastpath.memory.Memory;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Writes a pcapng file of IP packets (draft-ietf-opsawg-pcapng), with nanosecond times, through mapped memory.
 *
 * <p>The file can be read at any moment and after any end of this process: what is mapped and not written yet is one block of
 * a type for local use, which readers skip, and each new block takes its place from the front, its length last. A {@link #close}
 * cuts the rest off. One thread.
 */
public final class PcapngWriter implements AutoCloseable {
    private static final int SECTION_HEADER = 0x0a0d_0d0a;
    private static final int BYTE_ORDER_MAGIC = 0x1a2b_3c4d;
    private static final int INTERFACE_DESCRIPTION = 1;
    private static final int INTERFACE_STATISTICS = 5;
    private static final int ENHANCED_PACKET = 6;
    /** The top bit marks types for local use, which every reader skips. */
    private static final int UNUSED_REST = 0x8000_0b1d;
    private static final int LINKTYPE_RAW = 101;
    private static final int NANOSECONDS = 9;
    private static final int HEADER = 8;
    private static final int TRAILER = 4;
    private static final int SMALLEST_BLOCK = HEADER + TRAILER;

    private static final int OPT_COMMENT = 1;
    private static final int SHB_HARDWARE = 2;
    private static final int SHB_OS = 3;
    private static final int SHB_USERAPPL = 4;
    private static final int IF_NAME = 2;
    private static final int IF_DESCRIPTION = 3;
    private static final int IF_TSRESOL = 9;
    private static final int EPB_FLAGS = 2;
    private static final int EPB_DROPCOUNT = 4;
    private static final int ISB_STARTTIME = 2;
    private static final int ISB_ENDTIME = 3;
    private static final int ISB_IFRECV = 4;
    private static final int ISB_OSDROP = 7;
    private static final int ISB_USRDELIV = 8;

    private final GrowingFile file;
    private final BlockCursor block = new BlockCursor();
    private long position;
    private int interfaces;
    private long packets;
    private boolean closed;

    private PcapngWriter(GrowingFile file) {
        this.file = file;
    }

    /**
     * Makes the file, replacing what was there, with its Section Header.
     *
     * @param application who writes, for the section's userappl
     * @throws IOException when it cannot be made, with one line that says why
     */
    public static PcapngWriter create(Path path, String application) throws IOException {
        var writer = new PcapngWriter(new GrowingFile(path));
        writer.coverRest();
        writer.section(application);
        return writer;
    }

    private void section(String application) throws IOException {
        begin();
        block.u32(BYTE_ORDER_MAGIC);
        block.u16(1); // version 1.0
        block.u16(0);
        block.u64(-1); // the section's length is not given
        block.optionText(SHB_HARDWARE, System.getProperty("os.arch", ""));
        block.optionText(SHB_OS, System.getProperty("os.name", "") + ' ' + System.getProperty("os.version", ""));
        block.optionText(SHB_USERAPPL, application);
        block.endOptions();
        end(SECTION_HEADER);
    }

    /**
     * Describes one more link.
     *
     * @return its number for {@link #packet}: 0, 1, …
     */
    public int addInterface(CaptureInterface link) throws IOException {
        begin();
        block.u16(LINKTYPE_RAW);
        block.u16(0);
        block.u32(link.snaplen());
        block.optionText(IF_NAME, link.name());
        block.optionText(IF_DESCRIPTION, link.description());
        block.optionU8(IF_TSRESOL, NANOSECONDS);
        block.endOptions();
        end(INTERFACE_DESCRIPTION);
        return interfaces++;
    }

    /**
     * Writes one packet.
     *
     * @param link a number that {@link #addInterface} answered
     * @param epochNs nanoseconds since 1970
     * @param address of the packet's first {@code captured} bytes, IP header first
     * @param captured bytes to keep, 0..65,535 and a little
     * @param original bytes the packet has, at least {@code captured}
     * @param dropped packets of this link that are missing before this one
     * @param comment what to say of it, or {@code null}
     */
    public void packet(
            int link,
            long epochNs,
            long address,
            int captured,
            int original,
            PacketDirection direction,
            long dropped,
            @Nullable String comment) throws IOException {
        begin();
        block.u32(link);
        block.time(epochNs);
        block.u32(captured);
        block.u32(original);
        block.bytes(address, captured);
        if (comment != null) {
            block.optionText(OPT_COMMENT, comment);
        }
        if (direction != PacketDirection.UNKNOWN) {
            block.optionU32(EPB_FLAGS, direction.ordinal());
        }
        if (dropped > 0) {
            block.optionU64(EPB_DROPCOUNT, dropped);
        }
        block.endOptions();
        end(ENHANCED_PACKET);
        packets++;
    }

    /** Says at the end what is known of a link's whole traffic. */
    public void statistics(int link, InterfaceStatistics statistics) throws IOException {
        begin();
        block.u32(link);
        block.time(statistics.endNs());
        block.optionTime(ISB_STARTTIME, statistics.startNs());
        block.optionTime(ISB_ENDTIME, statistics.endNs());
        block.optionU64(ISB_IFRECV, statistics.received());
        block.optionU64(ISB_OSDROP, statistics.dropped());
        block.optionU64(ISB_USRDELIV, statistics.delivered());
        block.endOptions();
        end(INTERFACE_STATISTICS);
    }

    /** Packets written so far. */
    public long packets() {
        return packets;
    }

    /** Bytes written so far. */
    public long bytes() {
        return position;
    }

    private void begin() throws IOException {
        if (file.advanceTo(position)) {
            coverRest();
        }
        block.start(file.address(position) + HEADER);
    }

    /** Ends the block: what is free behind it becomes a block first, then its own length and type make it one. */
    private void end(int type) {
        long start = file.address(position);
        int length = (int) (block.at() - start) + TRAILER;
        block.u32(length);
        long rest = file.end() - position - length;
        unused(start + length, rest);
        VarHandle.releaseFence();
        Memory.putNative32(start + Integer.BYTES, length);
        Memory.publishNative32(start, type);
        position += length;
    }

    private void coverRest() {
        unused(file.address(position), file.end() - position);
    }

    private static void unused(long at, long length) {
        assert length >= SMALLEST_BLOCK : length;
        Memory.putNative32(at + length - TRAILER, (int) length);
        Memory.putNative32(at + Integer.BYTES, (int) length);
        Memory.putNative32(at, UNUSED_REST);
    }

    /** Cuts the file to what was written. Idempotent. */
    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            file.close(position);
        }
    }
}
