package dev.braid.tools.demo;

import dev.braid.stack.Stack;
import dev.braid.stack.nio.BraidSocketChannel;
import dev.braid.stack.tcp.TcpInfo;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The demo on a real TUN: Braid in the client's namespace, the kernel's TCP in the server's. */
final class TunDemo {
    private static final long PEER_LIMIT_S = 30;

    private final int mbit;
    private final long bytes;
    private final PrintStream progress;
    private volatile long srttNs;

    TunDemo(int mbit, long bytes, PrintStream progress) {
        this.mbit = mbit;
        this.bytes = bytes;
        this.progress = progress;
    }

    /**
     * Makes the testbed, runs both directions, takes everything down.
     *
     * @throws Testbed.NotPossible when the testbed cannot be made, with one line that says why
     */
    DemoResult run() throws IOException, Testbed.NotPossible {
        try (Testbed testbed = Testbed.create(mbit);
                Stack stack = testbed.startBraid();
                KernelPeer peer = KernelPeer.listen(testbed.server(), Testbed.SERVER_ADDRESS)) {
            TransferResult download = download(stack, peer);
            TransferResult upload = upload(stack, peer);
            var counters = stack.counters();
            var path = new PathResult(Testbed.NIC, counters.value("IpExtInOctets"), counters.value("IpExtOutOctets"),
                    counters.value("TcpRetransSegs"), srttNs);
            return new DemoResult("tun", mbit, List.of(download, upload), List.of(path));
        }
    }

    private TransferResult download(Stack stack, KernelPeer peer) throws IOException {
        CompletableFuture<String> sent = peer.send(new Payload(1, bytes));
        MessageDigest digest = Payload.sha256();
        long start = System.nanoTime();
        long end;
        long arrived = 0;
        try (var channel = (BraidSocketChannel) stack.connect(peer.address());
                var shown = progress(Direction.DOWNLOAD, channel)) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(256 << 10);
            for (int got = channel.read(buffer); got >= 0; got = channel.read(buffer)) {
                digest.update(buffer.flip());
                buffer.clear();
                shown.advance(got);
                arrived += got;
            }
            end = System.nanoTime();
            srttNs = srtt(channel);
        }
        return new TransferResult(
                Direction.DOWNLOAD, arrived, end - start, Payload.hex(digest).equals(peerDigest(sent)));
    }

    private TransferResult upload(Stack stack, KernelPeer peer) throws IOException {
        CompletableFuture<String> received = peer.receive();
        Payload payload = new Payload(2, bytes);
        long start = System.nanoTime();
        try (var channel = (BraidSocketChannel) stack.connect(peer.address());
                var shown = progress(Direction.UPLOAD, channel)) {
            for (ByteBuffer next = payload.next(); next.hasRemaining(); next = payload.next()) {
                shown.advance(channel.write(next));
            }
            srttNs = srtt(channel);
            channel.shutdownOutput();
            if (channel.read(ByteBuffer.allocate(1)) >= 0) {
                throw new IOException("the peer sent data where it should only receive");
            }
        }
        boolean match = payload.digest().equals(peerDigest(received));
        return new TransferResult(Direction.UPLOAD, bytes, System.nanoTime() - start, match);
    }

    private Progress progress(Direction direction, BraidSocketChannel channel) {
        return Progress.show(progress, direction.label(), bytes, () -> srtt(channel));
    }

    /** The connection's round trip; what was known last once it is gone. */
    private long srtt(BraidSocketChannel channel) {
        try {
            TcpInfo info = channel.info();
            return info == null ? srttNs : info.rttNs;
        } catch (IOException e) {
            return srttNs;
        }
    }

    private static String peerDigest(CompletableFuture<String> peer) throws IOException {
        try {
            return peer.get(PEER_LIMIT_S, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException("the kernel's end failed: " + e.getMessage(), e);
        } catch (TimeoutException e) {
            throw new IOException("the kernel's end did not finish within " + PEER_LIMIT_S + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
