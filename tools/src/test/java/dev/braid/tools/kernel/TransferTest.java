package dev.braid.tools.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.pipeline.Threads;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bytes between Braid and the Linux kernel, compared by digest. */
@SuppressWarnings("try") // what is closed early, or only has to be there, is meant so
@Tag("kernel")
@Timeout(120)
class TransferTest {
    private static final long[] SIZES = {1, 1000, 1460, 65_536, 1 << 20, 64 << 20};

    @ParameterizedTest
    @EnumSource(value = Threads.class, names = {"INLINE", "STAGED"})
    void everySizeArrivesBothWaysWhoeverConnectsOverBothVersions(Threads threads) throws Exception {
        try (KernelBed bed = KernelBed.start(threads)) {
            for (boolean v6 : new boolean[] {false, true}) {
                for (boolean kernelConnects : new boolean[] {false, true}) {
                    for (long size : SIZES) {
                        bothWays(bed, v6, kernelConnects, size);
                    }
                }
            }
            bed.assertNothingLeft();
        }
    }

    /** Both ends send and receive at the same time, then end their streams. */
    private static void bothWays(KernelBed bed, boolean v6, boolean kernelConnects, long size) throws Exception {
        try (ServerSocketChannel listener = kernelConnects ? bed.braidListens() : bed.kernelListens(v6);
                SocketChannel one = kernelConnects
                        ? bed.kernelConnects(v6, KernelBed.port(listener))
                        : bed.braidConnects(v6, KernelBed.port(listener));
                SocketChannel other = listener.accept()) {
            CompletableFuture<String> there = Streams.async(() -> sendAndEnd(one, 1, size));
            CompletableFuture<String> back = Streams.async(() -> sendAndEnd(other, 2, size));
            CompletableFuture<String> atOne = Streams.async(() -> Streams.receive(one));
            CompletableFuture<String> atOther = Streams.async(() -> Streams.receive(other));
            String what = size + " bytes, " + (v6 ? "v6" : "v4") + (kernelConnects ? ", kernel" : ", Braid")
                    + " connects";
            assertThat(await(atOther)).as(what).isEqualTo(await(there));
            assertThat(await(atOne)).as(what).isEqualTo(await(back));
        }
    }

    private static String sendAndEnd(SocketChannel channel, long seed, long bytes) throws IOException {
        String digest = Streams.send(channel, seed, bytes);
        channel.shutdownOutput();
        return digest;
    }

    private static <T> T await(CompletableFuture<T> result)
            throws InterruptedException, ExecutionException, TimeoutException {
        return result.get(60, TimeUnit.SECONDS);
    }

    @Test
    void twoHundredConnectionsAreEstablishedBeforeTheFirstByte() throws Exception {
        try (KernelBed bed = KernelBed.start();
                ServerSocketChannel listener = bed.braidListens()) {
            List<SocketChannel> clients = new ArrayList<>();
            List<SocketChannel> servers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                clients.add(bed.kernelConnects(i % 2 == 1, KernelBed.port(listener)));
                servers.add(listener.accept());
            }
            List<CompletableFuture<String>> sent = new ArrayList<>();
            List<CompletableFuture<String>> received = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                int seed = i;
                SocketChannel from = clients.get(i);
                SocketChannel to = serverOf(servers, from);
                sent.add(Streams.async(() -> sendAndEnd(from, seed, 100_000)));
                received.add(Streams.async(() -> Streams.receive(to)));
            }
            for (int i = 0; i < 200; i++) {
                assertThat(await(received.get(i))).isEqualTo(await(sent.get(i)));
            }
            for (SocketChannel channel : clients) {
                channel.close();
            }
            for (SocketChannel channel : servers) {
                channel.close();
            }
            listener.close();
            bed.assertNothingLeft();
        }
    }

    private static SocketChannel serverOf(List<SocketChannel> servers, SocketChannel client) throws IOException {
        for (SocketChannel server : servers) {
            if (server.getRemoteAddress().equals(client.getLocalAddress())) {
                return server;
            }
        }
        throw new AssertionError("no accepted connection from " + client.getLocalAddress());
    }

    @Test
    void aThousandConnectionsOneAfterAnother() throws Exception {
        try (KernelBed bed = KernelBed.start();
                ServerSocketChannel listener = bed.braidListens()) {
            for (int i = 0; i < 1000; i++) {
                try (SocketChannel client = bed.kernelConnects(false, KernelBed.port(listener));
                        SocketChannel server = listener.accept()) {
                    String sent = Streams.send(client, i, 100);
                    assertThat(Streams.receive(server, 100)).isEqualTo(sent);
                }
            }
            listener.close();
            bed.assertNothingLeft();
        }
    }
}
