package dev.braid.tools.capture;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.counters.Counters;
import dev.braid.stack.Link;
import dev.braid.stack.Stack;
import dev.braid.tools.control.ControlServer;
import dev.braid.tools.control.ControlSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The stack's side of {@code braid capture}: puts taps on, and takes them off with all that belonged to them when their user is
 * done or dead. Any thread.
 *
 * <ul>
 *   <li>{@code capture}: {@code links} a list of names, empty for all; {@code snaplen}, {@code ring_bytes}, {@code comments}. The
 *       answer: {@code pid}, of the stack; {@code ring}, a file; {@code nano_time} and {@code epoch_ns}, one moment on both clocks; {@code links}
 *   <li>{@code capture-stop}: takes off what this client began; what is in the ring by then is all. The answer: {@code failure}, why
 *       the pipeline took the tap off before, if it did
 * </ul>
 */
public final class CaptureService {
    private static final int MAX_CAPTURES = 8;
    private static final String RECEIVED_MISSING = "CaptureRingFullReceived";
    private static final String SENT_MISSING = "CaptureRingFullSent";

    private final Stack stack;
    private final Path place;
    private final Counter receivedMissing;
    private final Counter sentMissing;
    private int running;
    private int made;
    /** Of each client that began any and is still there. */
    private final Map<ControlSession, List<Capture>> captures = new IdentityHashMap<>();

    private record Capture(RingTap tap, Path file, boolean comments) {}

    /**
     * A service for a running stack whose counters went through {@link #makeCounters}.
     *
     * @param place where rings are put: a number is added to the name
     */
    public CaptureService(Stack stack, Path place) {
        this.stack = stack;
        this.place = place;
        this.receivedMissing = stack.counters().counter(RECEIVED_MISSING);
        this.sentMissing = stack.counters().counter(SENT_MISSING);
    }

    /** Makes the counters of frames that found a ring full, before the stack that counts in this block starts. */
    public static void makeCounters(Counters counters) {
        counters.counter(RECEIVED_MISSING);
        counters.counter(SENT_MISSING);
    }

    /** Lets those who may ask for a capture at its ring. */
    @FunctionalInterface
    public interface Share {
        /** Called with the file when it is made, for this process's user alone, and before the client hears of it. */
        void with(Path ring) throws IOException;
    }

    /** Lets the server answer the two requests. */
    public void register(ControlServer server, Share share) {
        server.onSession("capture", (request, session) -> start(request, session, share));
        server.onSession("capture-stop", (request, session) -> stop(session));
    }

    private synchronized Map<String, ?> start(Map<String, Object> request, ControlSession session, Share share)
            throws IOException {
        if (!captures.containsKey(session)) {
            captures.put(session, new ArrayList<>());
            session.whenOver(() -> end(session));
        }
        List<Capture> ofClient = captures.get(session);
        if (ofClient == null) {
            throw new IOException("the client has gone");
        }
        if (running >= MAX_CAPTURES) {
            throw new IOException("the stack has " + MAX_CAPTURES + " captures already");
        }
        List<CaptureLink> chosen = choose(request.get("links"));
        int snaplen = number(request, "snaplen", 1, 1 << 16);
        int capacity = number(request, "ring_bytes", CaptureRing.MIN_CAPACITY, CaptureRing.MAX_CAPACITY);
        if (!CaptureRing.isCapacity(capacity)) {
            throw new IllegalArgumentException("ring_bytes is a power of two, not " + capacity);
        }
        Path file = place.resolveSibling(place.getFileName() + "." + made++);
        Files.deleteIfExists(file);
        CaptureRing ring = CaptureRing.create(file, capacity);
        try {
            share.with(file);
        } catch (IOException e) {
            ring.close();
            Files.deleteIfExists(file);
            throw e;
        }
        boolean[] links = new boolean[CaptureRing.MAX_LINKS];
        chosen.forEach(link -> links[link.index()] = true);
        var tap = new RingTap(ring, links, snaplen, receivedMissing, sentMissing);
        boolean comments = Boolean.TRUE.equals(request.get("comments"));
        running++;
        ofClient.add(new Capture(tap, file, comments));
        if (comments) {
            stack.traceDecisions(true);
        }
        stack.addTap(tap);
        StackClock clock = StackClock.read();
        return Map.of(
                "pid", ProcessHandle.current().pid(), "ring", file.toString(), "nano_time", clock.nanoTime(),
                "epoch_ns", clock.epochNs(), "links",
                chosen.stream().map(CaptureLink::toMap).toList());
    }

    private synchronized Map<String, ?> stop(ControlSession session) {
        String failure = "";
        List<Capture> ofClient = captures.get(session);
        while (ofClient != null && !ofClient.isEmpty()) {
            Capture capture = ofClient.removeLast();
            failure = failure.isEmpty() ? capture.tap().failure() : failure;
            takeOff(capture);
        }
        return failure.isEmpty() ? Map.of() : Map.of("failure", failure);
    }

    private synchronized void end(ControlSession session) {
        stop(session);
        captures.remove(session);
    }

    private void takeOff(Capture capture) {
        stack.removeTap(capture.tap());
        capture.tap().close();
        running--;
        try {
            Files.deleteIfExists(capture.file());
            if (capture.comments()) {
                stack.traceDecisions(false);
            }
        } catch (IOException e) {
            // The stack has ended, and the next one removes the file.
        }
    }

    private List<CaptureLink> choose(@Nullable Object wanted) {
        List<?> names = wanted instanceof List<?> list ? list : List.of();
        var chosen = new ArrayList<CaptureLink>();
        List<Link> all = stack.links();
        for (int i = 0; i < Math.min(all.size(), CaptureRing.MAX_LINKS); i++) {
            Link link = all.get(i);
            if (names.isEmpty() || names.contains(link.name())) {
                chosen.add(new CaptureLink(i, link.name(), describe(link)));
            }
        }
        for (Object name : names) {
            if (chosen.stream().noneMatch(link -> link.name().equals(name))) {
                throw new IllegalArgumentException("no link is called " + name + "; there are "
                        + all.stream().map(Link::name).collect(Collectors.joining(", ")) + " and any");
            }
        }
        return chosen;
    }

    private static String describe(Link link) {
        return link.addresses().stream().map(Object::toString).collect(Collectors.joining(" "))
                + ", MTU " + link.mtu();
    }

    private static int number(Map<String, Object> request, String key, int min, int max) {
        if (request.get(key) instanceof Number number && number.longValue() >= min && number.longValue() <= max) {
            return number.intValue();
        }
        throw new IllegalArgumentException(key + " is a number from " + min + " to " + max);
    }
}
