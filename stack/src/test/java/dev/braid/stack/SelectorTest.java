package dev.braid.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.fastpath.pipeline.Threads;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.IllegalSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SelectorTest {
    private final TwoStacks stacks = new TwoStacks(Threads.INLINE, TwoStacks.ALL_OFFLOADS);

    @AfterEach
    void nothingIsLeftBehind() {
        stacks.close();
    }

    @Test
    void oneThreadServesManyConnections() throws Exception {
        try (var server = new SelectingEcho(stacks.server, stacks.server.listen(TwoStacks.server(0), 50));
                ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<Future<Integer>>();
            for (int i = 0; i < 20; i++) {
                answers.add(pool.submit(() -> exchange(server.address(), 300_000)));
            }
            for (Future<Integer> answer : answers) {
                assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo(300_000);
            }
            assertThat(server.served()).isEqualTo(20);
        }
    }

    private int exchange(InetSocketAddress address, int length) throws Exception {
        try (SocketChannel channel = stacks.client.connect(address)) {
            var sent = CompletableFuture.runAsync(() -> {
                try {
                    channel.write(ByteBuffer.allocate(length));
                    channel.shutdownOutput();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            int total = 0;
            var buffer = ByteBuffer.allocate(10_000);
            for (int read = channel.read(buffer); read >= 0; read = channel.read(buffer.clear())) {
                total += read;
            }
            sent.get(10, TimeUnit.SECONDS);
            return total;
        }
    }

    @Test
    void aConnectIsSelectedWhenItIsMade() throws Exception {
        try (Selector selector = stacks.client.selectorProvider().openSelector();
                ServerSocketChannel listener = stacks.server.listen(TwoStacks.server(0), 5);
                SocketChannel channel = stacks.client.selectorProvider().openSocketChannel()) {
            channel.configureBlocking(false);
            channel.connect(listener.getLocalAddress());
            SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
            assertThat(selector.select(10_000)).isEqualTo(1);
            assertThat(key.isConnectable()).isTrue();
            assertThat(channel.finishConnect()).isTrue();
            key.interestOps(SelectionKey.OP_WRITE | SelectionKey.OP_READ);
            selector.selectedKeys().clear();
            assertThat(selector.select(10_000)).isEqualTo(1);
            assertThat(key.readyOps()).isEqualTo(SelectionKey.OP_WRITE);
        }
    }

    @Test
    void readinessIsALevelUntilItIsUsedUp() throws Exception {
        try (Selector selector = stacks.server.selectorProvider().openSelector();
                ServerSocketChannel listener = stacks.server.listen(TwoStacks.server(0), 5);
                SocketChannel client = stacks.client.connect((InetSocketAddress) listener.getLocalAddress());
                SocketChannel server = listener.accept()) {
            server.configureBlocking(false);
            server.register(selector, SelectionKey.OP_READ);
            assertThat(selector.select(50)).isZero();
            client.write(ByteBuffer.wrap(new byte[2]));
            assertThat(selector.select(10_000)).isEqualTo(1);
            selector.selectedKeys().clear();
            assertThat(server.read(ByteBuffer.allocate(1))).isEqualTo(1);
            assertThat(selector.selectNow()).isEqualTo(1);
            selector.selectedKeys().clear();
            assertThat(server.read(ByteBuffer.allocate(1))).isEqualTo(1);
            assertThat(selector.selectNow()).isZero();
            client.shutdownOutput();
            assertThat(selector.select(10_000)).isEqualTo(1);
            assertThat(server.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
    }

    @Test
    void aWakeUpBeforeASelectionEndsItAtOnce() throws Exception {
        try (Selector selector = stacks.client.selectorProvider().openSelector()) {
            selector.wakeup();
            long before = System.nanoTime();
            assertThat(selector.select(10_000)).isZero();
            assertThat(System.nanoTime() - before).isLessThan(5_000_000_000L);
        }
    }

    @Test
    void aWakeUpEndsASelection() throws Exception {
        try (Selector selector = stacks.client.selectorProvider().openSelector()) {
            var selected = CompletableFuture.supplyAsync(() -> {
                try {
                    return selector.select();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            Thread.sleep(50);
            selector.wakeup();
            assertThat(selected.get(10, TimeUnit.SECONDS)).isZero();
        }
    }

    @Test
    void closingASelectorEndsASelectionAndItsKeys() throws Exception {
        Selector selector = stacks.client.selectorProvider().openSelector();
        try (ServerSocketChannel listener = stacks.client.listen(new InetSocketAddress(0), 5)) {
            listener.configureBlocking(false);
            SelectionKey key = listener.register(selector, SelectionKey.OP_ACCEPT);
            Thread closer = Thread.startVirtualThread(() -> {
                try {
                    Thread.sleep(50);
                    selector.close();
                } catch (IOException | InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            assertThatThrownBy(selector::select).isInstanceOf(ClosedSelectorException.class);
            closer.join();
            assertThat(key.isValid()).isFalse();
            assertThat(listener.isRegistered()).isFalse();
        }
    }

    @Test
    void aCancelledKeyIsForgotten() throws Exception {
        try (Selector selector = stacks.client.selectorProvider().openSelector();
                ServerSocketChannel listener = stacks.client.listen(new InetSocketAddress(0), 5)) {
            listener.configureBlocking(false);
            SelectionKey key = listener.register(selector, SelectionKey.OP_ACCEPT);
            assertThat(selector.keys()).containsExactly(key);
            key.cancel();
            selector.selectNow();
            assertThat(selector.keys()).isEmpty();
            listener.configureBlocking(true);
        }
    }

    @Test
    void aStrangersChannelIsRefused() throws Exception {
        try (Selector selector = stacks.client.selectorProvider().openSelector();
                SocketChannel strange = stacks.server.selectorProvider().openSocketChannel()) {
            strange.configureBlocking(false);
            assertThatThrownBy(() -> strange.register(selector, SelectionKey.OP_READ))
                    .isInstanceOf(IllegalSelectorException.class);
        }
    }
}
