package dev.braid.tools.capture;

import dev.braid.tools.cli.UserError;
import dev.braid.tools.control.ControlClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A capture from the file's side: begins it, carries packets from ring to file, ends it. One thread. */
final class CaptureSession implements AutoCloseable {
    private static final int BATCH = 256;
    private static final long PAUSE_NS = 1_000_000;

    private final ControlClient client;
    private final long pid;
    private final CaptureRing ring;
    private final List<CaptureLink> links;
    private final CaptureFile file;
    private final CaptureRecord record = new CaptureRecord();
    private String failure = "";

    private CaptureSession(ControlClient client, long pid, CaptureRing ring, List<CaptureLink> links,
            CaptureFile file) {
        this.client = client;
        this.pid = pid;
        this.ring = ring;
        this.links = links;
        this.file = file;
    }

    /**
     * Begins to capture; the client is closed by its owner.
     *
     * @param names of links; empty for all
     */
    static CaptureSession begin(ControlClient client, List<String> names, CapturePlan plan) throws IOException {
        Map<String, Object> answer = client.ask("capture", Map.of(
                "links", names, "snaplen", plan.wire() ? 1 << 16 : plan.snaplen(), "ring_bytes", plan.ringBytes(),
                "comments", plan.comments()));
        if (!(answer.get("pid") instanceof Number pid && answer.get("ring") instanceof String path
                && answer.get("nano_time") instanceof Number nanoTime
                && answer.get("epoch_ns") instanceof Number epochNs && answer.get("links") instanceof List<?> maps)) {
            throw new IOException(client.name() + " answered with something that is no capture");
        }
        var links = new ArrayList<CaptureLink>();
        for (Object map : maps) {
            links.add(CaptureLink.of(map));
        }
        CaptureRing ring = CaptureRing.open(Path.of(path));
        try {
            var clock = new StackClock(nanoTime.longValue(), epochNs.longValue());
            return new CaptureSession(client, pid.longValue(), ring, links, new CaptureFile(links, clock, plan));
        } catch (IOException | RuntimeException e) {
            ring.close();
            throw e;
        }
    }

    /** Captures until told that it is over, the file has all it wants, or the stack took the tap off. */
    void run(BooleanSupplier over) throws IOException {
        while (!over.getAsBoolean() && !file.isFull()) {
            boolean ended = ring.hasEnded();
            if (drain(BATCH) == 0) {
                if (ended) {
                    return;
                }
                LockSupport.parkNanos(PAUSE_NS);
            }
        }
    }

    /** Takes the tap off, writes what is left in the ring and the counts of each link. */
    void finish() throws IOException {
        try {
            failure = client.ask("capture-stop", Map.of()).get("failure") instanceof String why ? why : "";
        } catch (UserError gone) {
            // The stack has ended, and its last packets, its goodbyes, lie in the ring all the same.
        }
        // A reading that stops where the ring's end was padded counts as none, so that it takes two in a row to know. Bounded: nobody
        // fills the ring any more.
        for (int empty = 0; empty < 2 && !file.isFull();) {
            empty = drain(BATCH) > 0 ? 0 : empty + 1;
        }
        for (CaptureLink link : links) {
            int index = link.index();
            file.finish(
                    link,
                    ring.frames(index, false) + ring.frames(index, true),
                    ring.missing(index, false) + ring.missing(index, true));
        }
    }

    private int drain(int most) throws IOException {
        try {
            return ring.ring().read((type, buffer, index, length) -> {
                record.read(buffer, index, length);
                write();
            }, most);
        } catch (IndexOutOfBoundsException | IllegalArgumentException | IllegalStateException e) {
            throw new IOException("the capture ring is damaged", e);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void write() {
        try {
            file.write(record);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The process whose packets these are. */
    long pid() {
        return pid;
    }

    List<CaptureLink> links() {
        return links;
    }

    /** Why the stack took the tap off before it was told to; empty when it did not. After {@link #finish}. */
    String failure() {
        return failure;
    }

    long packets() {
        return file.packets();
    }

    /** Frames that did not fit the ring so far. */
    long missing() {
        long missing = 0;
        for (CaptureLink link : links) {
            missing += ring.missing(link.index(), false) + ring.missing(link.index(), true);
        }
        return missing;
    }

    /** Ends the file. Idempotent for the file, once for the ring. */
    @Override
    public void close() throws IOException {
        try {
            file.close();
        } finally {
            ring.close();
        }
    }
}
