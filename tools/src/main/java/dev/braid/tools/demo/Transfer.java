package dev.braid.tools.demo;

import dev.braid.tools.testbed.BedPath;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One direction between a client with several paths and the kernel, while the first path is taken away and given back. Once.
 */
final class Transfer {
    /** Of the bytes, what has arrived when the path goes. */
    private static final double CUT_AT = 0.4;
    private static final long PEER_LIMIT_S = 30;
    private static final long POLL_MS = 1;

    private final Direction direction;
    private final Client client;
    private final KernelPeer peer;
    private final List<BedPath> paths;
    private final DemoPlan plan;
    private final ArrivalLog log = new ArrivalLog();
    private volatile long cutNs;
    private volatile long backNs;
    private volatile boolean over;

    Transfer(Direction direction, Client client, KernelPeer peer, List<BedPath> paths, DemoPlan plan) {
        this.direction = direction;
        this.client = client;
        this.peer = peer;
        this.paths = paths;
        this.plan = plan;
    }

    @SuppressWarnings("try") // the line of progress only has to be there
    TransferResult run(PrintStream progress) throws IOException {
        long startNs = System.nanoTime();
        try (PathMeter meter = PathMeter.start(paths);
                Progress shown = Progress.show(progress, new Progress.Scene(direction, plan.bytes(), log, meter, paths,
                        client::srttNs))) {
            CompletableFuture<IOException> pulled = pull();
            boolean match;
            try {
                match = direction == Direction.DOWNLOAD ? download() : upload();
            } finally {
                over = true;
            }
            IOException failed = result(pulled, "the path's pull");
            if (failed != null) {
                throw failed;
            }
            return finished(startNs, match, meter);
        }
    }

    private TransferResult finished(long startNs, boolean match, PathMeter meter) {
        long endNs = log.lastNs();
        long wholeUntil = cutNs == 0 ? endNs : Math.min(cutNs, endNs);
        return new TransferResult(direction, log.total(), endNs - startNs, match, log.between(startNs, wholeUntil),
                wholeUntil - startNs, handover(meter));
    }

    private Handover handover(PathMeter meter) {
        if (cutNs == 0) {
            return Handover.NONE;
        }
        double survivors = paths.stream().skip(1).mapToDouble(BedPath::mbit).sum();
        return Handover.of(log, survivors, cutNs, backNs,
                backNs == 0 ? -1 : meter.carriedNs(0, direction, backNs, Handover.CARRIES));
    }

    private boolean download() throws IOException {
        CompletableFuture<String> sent = peer.send(new Payload(1, plan.bytes()));
        String got;
        try (SocketChannel channel = connect()) {
            got = KernelPeer.digest(channel, log);
        }
        return got.equals(result(sent, "the kernel's end"));
    }

    private boolean upload() throws IOException {
        CompletableFuture<String> received = peer.receive(log);
        Payload payload = new Payload(2, plan.bytes());
        try (SocketChannel channel = connect()) {
            for (ByteBuffer next = payload.next(); next.hasRemaining(); next = payload.next()) {
                channel.write(next);
            }
            channel.shutdownOutput();
            if (channel.read(ByteBuffer.allocate(1)) >= 0) {
                throw new IOException("the peer sent data where it should only receive");
            }
        }
        return payload.digest().equals(result(received, "the kernel's end"));
    }

    private SocketChannel connect() throws IOException {
        InetSocketAddress to = peer.address();
        return client.connect(to);
    }

    /** Takes the first path away when it is time, and gives it back. */
    private CompletableFuture<IOException> pull() {
        var done = new CompletableFuture<IOException>();
        Thread.ofPlatform().daemon().name("pull").start(() -> {
            try {
                pullAndGiveBack();
                done.complete(null);
            } catch (IOException e) {
                done.complete(e);
            } catch (InterruptedException e) {
                done.complete(new IOException("interrupted", e));
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    private void pullAndGiveBack() throws IOException, InterruptedException {
        if (plan.pull() == Pull.NONE) {
            return;
        }
        while (!over && log.total() < CUT_AT * plan.bytes()) {
            Thread.sleep(POLL_MS);
        }
        if (over) {
            return;
        }
        cutNs = System.nanoTime();
        plan.pull().pull(paths.getFirst(), client);
        try {
            for (long until = cutNs + plan.awayNs(); !over && System.nanoTime() < until;) {
                Thread.sleep(POLL_MS);
            }
        } finally {
            plan.pull().giveBack(paths.getFirst(), client);
            backNs = over ? 0 : System.nanoTime();
        }
    }

    private static <T> T result(CompletableFuture<T> of, String who) throws IOException {
        try {
            return of.get(PEER_LIMIT_S, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException(who + " failed: " + e.getMessage(), e);
        } catch (TimeoutException e) {
            throw new IOException(who + " did not finish within " + PEER_LIMIT_S + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
