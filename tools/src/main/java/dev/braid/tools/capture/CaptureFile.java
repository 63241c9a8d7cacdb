package dev.braid.tools.capture;

import dev.braid.fastpath.frame.Frame;
import dev.braid.tools.pcapng.CaptureInterface;
import dev.braid.tools.pcapng.InterfaceStatistics;
import dev.braid.tools.pcapng.PacketDirection;
import dev.braid.tools.pcapng.PcapngWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The pcapng file of one capture: records in, packets out. One thread. */
final class CaptureFile implements AutoCloseable {
    private final PcapngWriter writer;
    private final StackClock clock;
    private final int snaplen;
    private final long count;
    private final boolean comments;
    private final @Nullable WireForm wire;
    private final int[] interfaceOf = new int[CaptureRing.MAX_LINKS];
    private final long[] delivered = new long[CaptureRing.MAX_LINKS];
    private final long startNs;
    /** Packets of the present record that were written. */
    private int cut;

    /**
     * Makes the file.
     *
     * @param links those captured, one interface each in this order
     * @param clock of the stack
     */
    CaptureFile(List<CaptureLink> links, StackClock clock, CapturePlan plan) throws IOException {
        this.clock = clock;
        this.snaplen = plan.snaplen();
        this.count = plan.count();
        this.comments = plan.comments();
        this.startNs = clock.epochNs(System.nanoTime());
        this.writer = PcapngWriter.create(plan.path(), "braid capture");
        for (CaptureLink link : links) {
            interfaceOf[link.index()] = writer
                    .addInterface(new CaptureInterface(link.name(), link.description(), plan.snaplen()));
        }
        this.wire = plan.wire() ? new WireForm() : null;
    }

    /** Writes what the record holds. */
    void write(CaptureRecord record) throws IOException {
        String comment = comments && record.decision != null ? Reason.of(record.decision, record.upperReasons) : null;
        WireForm form = wire;
        if (form == null) {
            packet(record, record.data, record.kept, record.length, record.missing, comment);
            return;
        }
        cut = 0;
        if (!form.process(record, packet -> cutPacket(record, packet, comment))) {
            // Not what it says it is: shown as the stack saw it, for that is what somebody wants to look at then.
            packet(record, record.data, record.kept, record.length, record.missing, comment);
        }
    }

    /** Writes one packet of a record that is shown as on a wire, and releases it. */
    private void cutPacket(CaptureRecord record, Frame packet, @Nullable String comment) {
        int length = packet.length();
        String which = comment;
        if (comment != null && record.gsoType != Frame.GSO_NONE) {
            int header = packet.payloadOffset();
            int packets = (record.length - header + record.gsoSize - 1) / record.gsoSize;
            which = comment + " (" + (cut + 1) + " of " + packets + ")";
        }
        try {
            packet(record, packet.data(), length, length, cut == 0 ? record.missing : 0, which);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            packet.release();
        }
        cut++;
    }

    private void packet(
            CaptureRecord record, long address, int kept, int length, int missing, @Nullable String comment)
            throws IOException {
        if (isFull()) {
            return;
        }
        writer.packet(
                interfaceOf[record.link],
                clock.epochNs(record.timeNs),
                address,
                Math.min(kept, snaplen),
                length,
                record.sent ? PacketDirection.OUTBOUND : PacketDirection.INBOUND,
                missing,
                comment);
        delivered[record.link]++;
    }

    /** Packets written so far. */
    long packets() {
        return writer.packets();
    }

    /** Whether it has as many packets as it wants. */
    boolean isFull() {
        return writer.packets() >= count;
    }

    /** Ends a link's part with what the stack's side counted, in frames as the stack saw them. */
    void finish(CaptureLink link, long frames, long missing) throws IOException {
        writer.statistics(
                interfaceOf[link.index()],
                new InterfaceStatistics(
                        startNs, clock.epochNs(System.nanoTime()), frames, missing, delivered[link.index()]));
    }

    @Override
    public void close() throws IOException {
        try {
            writer.close();
        } finally {
            if (wire != null) {
                wire.close();
            }
        }
    }
}
