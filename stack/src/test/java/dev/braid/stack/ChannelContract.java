package dev.braid.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.fastpath.device.MemoryWire;
import dev.braid.fastpath.pipeline.Threads;
import dev.braid.stack.nio.TcpSocketOptions;
import dev.braid.stack.socket.StreamProtocol;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What java.nio promises of channels, over two stacks; every test ends with nothing left behind in either. */
@Timeout(120)
abstract class ChannelContract {
    private static final int MIB = 1 << 20;

    private final Threads threads;
    private final int offloads;
    private final StreamProtocol protocol;
    private final int largest;
    private TwoStacks stacks;

    ChannelContract(Threads threads, int offloads, StreamProtocol protocol, int largest) {
        this.threads = threads;
        this.offloads = offloads;
        this.protocol = protocol;
        this.largest = largest;
    }

    @BeforeEach
    void start() {
        stacks = new TwoStacks(threads, offloads, protocol);
    }

    @AfterEach
    void nothingIsLeftBehind() {
        stacks.close();
    }

    // Bytes.

    @ParameterizedTest
    @ValueSource(ints = {1, 1_000, 65_536, MIB + 7, 64 * MIB})
    void bytesComeBackUnchangedOnVirtualThreads(int length) throws Exception {
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            echo(TwoStacks.server(0), Math.min(length, largest), pool);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1_000, 65_536, MIB + 7})
    void bytesComeBackUnchangedOnPlatformThreads(int length) throws Exception {
        try (ExecutorService pool = Executors.newCachedThreadPool()) {
            echo(TwoStacks.server(0), length, pool);
        }
    }

    @Test
    void bytesComeBackUnchangedOverIpv6() throws Exception {
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            echo(new InetSocketAddress(TwoStacks.SERVER6, 0), MIB, pool);
        }
    }

    private void echo(InetSocketAddress local, int length, ExecutorService pool) throws Exception {
        try (var server = new EchoServer(stacks.server.listen(local, 10));
                SocketChannel channel = stacks.client
                        .connect(new InetSocketAddress(local.getAddress(), server.port()))) {
            Future<byte[]> sent = pool.submit(() -> sendRandom(channel, length, 42));
            assertThat(receiveToEnd(channel, length)).isEqualTo(sent.get(100, TimeUnit.SECONDS));
            assertThat(server.failures).isEmpty();
        }
    }

    @Test
    void manyConnectionsAtOnceKeepTheirBytesApart() throws Exception {
        try (var server = new EchoServer(stacks.server.listen(TwoStacks.server(0), 200));
                ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            int port = server.port();
            var results = new ArrayList<Future<Boolean>>();
            for (int i = 0; i < 100; i++) {
                int seed = i;
                results.add(pool.submit(() -> {
                    try (SocketChannel channel = stacks.client.connect(TwoStacks.server(port))) {
                        Future<byte[]> sent = pool.submit(() -> sendRandom(channel, 20_000 + seed, seed));
                        byte[] received = receiveToEnd(channel, 20_000 + seed);
                        return MessageDigest.isEqual(received, sent.get());
                    }
                }));
            }
            for (Future<Boolean> result : results) {
                assertThat(result.get(60, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(server.failures).isEmpty();
        }
    }

    @Test
    void scatteringAndGatheringKeepTheOrder() throws Exception {
        try (var pair = new Pair()) {
            ByteBuffer[] parts = {bytes("one "), direct("two "), ByteBuffer.allocate(0), bytes("three")};
            assertThat(pair.client.write(parts)).isEqualTo(13);
            ByteBuffer[] into = {ByteBuffer.allocate(3), ByteBuffer.allocateDirect(7), ByteBuffer.allocate(20)};
            long read = 0;
            while (read < 13) {
                read += pair.server.read(into);
            }
            var text = new StringBuilder();
            for (ByteBuffer buffer : into) {
                text.append(StandardCharsets.US_ASCII.decode(buffer.flip()));
            }
            assertThat(text).hasToString("one two three");
        }
    }

    @Test
    void smallWritesArriveTogetherAndInOrder() throws Exception {
        try (var pair = new Pair()) {
            byte[] expected = new byte[10_000];
            new Random(1).nextBytes(expected);
            var one = ByteBuffer.wrap(expected);
            while (one.hasRemaining()) {
                ByteBuffer slice = one.slice(one.position(), Math.min(7, one.remaining()));
                one.position(one.position() + pair.client.write(slice));
            }
            assertThat(read(pair.server, expected.length)).isEqualTo(expected);
        }
    }

    // Back-pressure.

    @Test
    void aSlowReaderStopsTheWriterAndLosesNothing() throws Exception {
        try (var pair = new Pair()) {
            pair.client.configureBlocking(false);
            byte[] block = new byte[64 << 10];
            new Random(2).nextBytes(block);
            MessageDigest sent = sha();
            long total = fill(pair.client, block, sent);
            assertThat(total).isLessThan(32L * MIB);
            var received = CompletableFuture.supplyAsync(() -> digestOf(pair.server, total));
            assertThat(received.get(60, TimeUnit.SECONDS)).isEqualTo(sent.digest());
            awaitWritable(pair.client);
        }
    }

    /** Writes until nothing has fitted for a while. */
    private static long fill(SocketChannel channel, byte[] block, MessageDigest digest) throws Exception {
        long total = 0;
        long lastProgress = System.nanoTime();
        while (System.nanoTime() - lastProgress < 300_000_000L) {
            int written = channel.write(ByteBuffer.wrap(block));
            if (written > 0) {
                digest.update(block, 0, written);
                total += written;
                lastProgress = System.nanoTime();
            } else {
                Thread.sleep(5);
            }
        }
        return total;
    }

    private static void awaitWritable(SocketChannel channel) throws Exception {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (channel.write(ByteBuffer.wrap(new byte[1])) == 0) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    // Ends of streams.

    @Test
    void aHalfClosedConnectionStillCarriesTheOtherWay() throws Exception {
        try (var pair = new Pair()) {
            pair.client.write(bytes("question"));
            pair.client.shutdownOutput();
            assertThatThrownBy(() -> pair.client.write(bytes("more"))).isInstanceOf(ClosedChannelException.class);
            assertThat(receiveToEnd(pair.server, 100)).asString(StandardCharsets.US_ASCII).isEqualTo("question");
            pair.server.write(bytes("answer"));
            pair.server.close();
            assertThat(receiveToEnd(pair.client, 100)).asString(StandardCharsets.US_ASCII).isEqualTo("answer");
        }
    }

    @Test
    void aClosedInputReadsAsTheEnd() throws Exception {
        try (var pair = new Pair()) {
            Future<Integer> blocked = blocked(() -> pair.client.read(ByteBuffer.allocate(1)));
            pair.client.shutdownInput();
            assertThat(blocked.get(10, TimeUnit.SECONDS)).isEqualTo(-1);
            assertThat(pair.client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            pair.client.write(bytes("still writes"));
            assertThat(read(pair.server, 12)).asString(StandardCharsets.US_ASCII).isEqualTo("still writes");
        }
    }

    @Test
    void whatWasWrittenBeforeAnOrderlyCloseArrives() throws Exception {
        try (var pair = new Pair()) {
            byte[] data = new byte[MIB];
            new Random(3).nextBytes(data);
            Future<byte[]> received = background(() -> receiveToEnd(pair.server, data.length));
            pair.client.write(ByteBuffer.wrap(data));
            pair.client.close();
            assertThat(received.get(30, TimeUnit.SECONDS)).isEqualTo(sha().digest(data));
        }
    }

    @Test
    void aResetIsToldToReaderAndWriter() throws Exception {
        try (var pair = new Pair()) {
            pair.server.setOption(StandardSocketOptions.SO_LINGER, 0);
            pair.server.close();
            assertThatExceptionOfType(SocketException.class)
                    .isThrownBy(() -> pair.client.read(ByteBuffer.allocate(1)))
                    .withMessage("Connection reset");
            assertThatThrownBy(() -> pair.client.write(bytes("x"))).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void closingWithUnreadBytesResets() throws Exception {
        try (var pair = new Pair()) {
            pair.client.write(bytes("nobody reads this"));
            read(pair.server, 1);
            pair.server.close();
            assertThatThrownBy(() -> pair.client.read(ByteBuffer.allocate(1)))
                    .isInstanceOf(SocketException.class)
                    .hasMessage("Connection reset");
        }
    }

    // Connecting and listening.

    @Test
    void nobodyListeningIsConnectionRefused() {
        assertThatExceptionOfType(ConnectException.class)
                .isThrownBy(() -> stacks.client.connect(TwoStacks.server(9)))
                .withMessage("Connection refused");
    }

    @Test
    void noRouteIsToldAtOnce() {
        try (Stack onlyIpv4 = Stack.builder()
                .link(Link.over(new MemoryWire(1500, 0).left(), "left").address("10.1.0.1/24"))
                .start()) {
            assertThatExceptionOfType(SocketException.class)
                    .isThrownBy(() -> onlyIpv4.connect(new InetSocketAddress(TwoStacks.SERVER6, 80)))
                    .withMessage("Network is unreachable");
        }
    }

    @Test
    void aSilentHostTimesOut() throws Exception {
        SocketChannel channel = stacks.client.selectorProvider().openSocketChannel();
        assertThatExceptionOfType(SocketTimeoutException.class)
                .isThrownBy(() -> channel.socket().connect(new InetSocketAddress(TwoStacks.NOBODY4, 80), 100))
                .withMessage("Connect timed out");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void anotherListenerOnThePortIsRefused() throws Exception {
        try (ServerSocketChannel first = stacks.server.listen(TwoStacks.server(0), 1)) {
            var taken = (InetSocketAddress) first.getLocalAddress();
            assertThatExceptionOfType(BindException.class)
                    .isThrownBy(() -> stacks.server.listen(taken, 1))
                    .withMessage("Address already in use");
        }
    }

    @Test
    void aForeignAddressCannotBeBound() {
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> stacks.server.listen(new InetSocketAddress("192.0.2.1", 80), 1))
                .withMessage("Cannot assign requested address");
    }

    @Test
    void aPortIsFreeAgainAfterItsListenerClosed() throws Exception {
        InetSocketAddress address;
        try (ServerSocketChannel first = stacks.server.listen(TwoStacks.server(0), 1)) {
            address = (InetSocketAddress) first.getLocalAddress();
        }
        try (ServerSocketChannel second = stacks.server.listen(address, 1)) {
            assertThat(second.getLocalAddress()).isEqualTo(address);
        }
    }

    @Test
    void connectingWithoutBlockingIsFinishedLater() throws Exception {
        try (var server = new EchoServer(stacks.server.listen(TwoStacks.server(0), 10));
                SocketChannel channel = stacks.client.selectorProvider().openSocketChannel()) {
            channel.configureBlocking(false);
            assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1))).isInstanceOf(NotYetConnectedException.class);
            boolean done = channel.connect(TwoStacks.server(server.port()));
            long deadline = System.nanoTime() + 10_000_000_000L;
            while (!done && System.nanoTime() < deadline) {
                assertThat(channel.isConnectionPending()).isTrue();
                done = channel.finishConnect();
            }
            assertThat(channel.isConnected()).isTrue();
            assertThat(channel.read(ByteBuffer.allocate(1))).isZero();
            assertThatThrownBy(() -> channel.connect(TwoStacks.server(1)))
                    .isInstanceOf(AlreadyConnectedException.class);
        }
    }

    @Test
    void bothEndsKnowTheirAddresses() throws Exception {
        try (var pair = new Pair()) {
            assertThat(pair.client.getRemoteAddress()).isEqualTo(pair.server.getLocalAddress());
            assertThat(pair.client.getLocalAddress()).isEqualTo(pair.server.getRemoteAddress());
            assertThat(pair.client.socket().getInetAddress().getHostAddress()).isEqualTo(TwoStacks.SERVER4);
        }
    }

    @Test
    void acceptingFromAnUnboundChannelIsAMistake() throws Exception {
        try (ServerSocketChannel unbound = stacks.server.selectorProvider().openServerSocketChannel()) {
            assertThatThrownBy(unbound::accept).isInstanceOf(NotYetBoundException.class);
        }
    }

    // Waiting, and its ends.

    @Test
    void aReadTimesOutAndTheConnectionStaysUsable() throws Exception {
        try (var pair = new Pair()) {
            Socket socket = pair.client.socket();
            socket.setSoTimeout(50);
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            pair.server.write(bytes("x"));
            socket.setSoTimeout(10_000);
            assertThat(socket.getInputStream().read()).isEqualTo('x');
        }
    }

    @Test
    void anAcceptTimesOut() throws Exception {
        try (ServerSocketChannel listener = stacks.server.listen(TwoStacks.server(0), 1)) {
            listener.socket().setSoTimeout(50);
            assertThatThrownBy(() -> listener.socket().accept()).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void closingWakesABlockedReader() throws Exception {
        try (var pair = new Pair()) {
            Future<Integer> blocked = blocked(() -> pair.client.read(ByteBuffer.allocate(1)));
            pair.client.close();
            assertFails(blocked, AsynchronousCloseException.class);
        }
    }

    @Test
    void closingWakesABlockedWriter() throws Exception {
        try (var pair = new Pair()) {
            Future<Integer> blocked = blocked(() -> {
                while (true) {
                    pair.client.write(ByteBuffer.allocate(MIB));
                }
            });
            pair.client.close();
            assertFails(blocked, ClosedChannelException.class);
        }
    }

    @Test
    void closingWakesABlockedAcceptor() throws Exception {
        ServerSocketChannel listener = stacks.server.listen(TwoStacks.server(0), 1);
        Future<SocketChannel> blocked = blocked(listener::accept);
        listener.close();
        assertFails(blocked, AsynchronousCloseException.class);
    }

    @Test
    void closingWakesWhoeverConnects() throws Exception {
        SocketChannel channel = stacks.client.selectorProvider().openSocketChannel();
        Future<Boolean> blocked = blocked(() -> channel.connect(new InetSocketAddress(TwoStacks.NOBODY4, 80)));
        channel.close();
        assertFails(blocked, AsynchronousCloseException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInterruptClosesTheChannel(boolean virtual) throws Exception {
        try (var pair = new Pair()) {
            var result = new CompletableFuture<Throwable>();
            Runnable body = () -> {
                try {
                    pair.client.read(ByteBuffer.allocate(1));
                    result.complete(null);
                } catch (IOException e) {
                    result.complete(e);
                }
            };
            Thread thread = virtual ? Thread.startVirtualThread(body) : Thread.ofPlatform().start(body);
            awaitAsleep(thread);
            thread.interrupt();
            assertThat(result.get(10, TimeUnit.SECONDS)).isInstanceOf(ClosedByInterruptException.class);
            assertThat(pair.client.isOpen()).isFalse();
        }
    }

    @Test
    void closingTheStackTellsEverybodyWhoWaits() throws Exception {
        var pair = new Pair();
        ServerSocketChannel listener = stacks.client.listen(new InetSocketAddress(0), 1);
        Future<Integer> reader = blocked(() -> pair.client.read(ByteBuffer.allocate(1)));
        Future<SocketChannel> acceptor = blocked(listener::accept);
        stacks.client.close();
        assertFails(reader, SocketException.class);
        assertFails(acceptor, SocketException.class);
        assertThatThrownBy(() -> stacks.client.connect(TwoStacks.server(1))).isInstanceOf(SocketException.class);
        assertThat(pair.server.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        pair.close();
    }

    @Test
    void anIdleConnectionOwnsNoChunk() throws Exception {
        try (var pair = new Pair()) {
            pair.client.write(bytes("small"));
            assertThat(read(pair.server, 5)).hasSize(5);
            long deadline = System.nanoTime() + 10_000_000_000L;
            while (stacks.client.chunksInUse() > 0 && System.nanoTime() < deadline) {
                Thread.sleep(20);
            }
            assertThat(stacks.client.chunksInUse()).isZero();
            pair.client.write(bytes("again"));
            assertThat(read(pair.server, 5)).asString(StandardCharsets.US_ASCII).isEqualTo("again");
        }
    }

    // Options and streams.

    @Test
    void optionsAreRemembered() throws Exception {
        try (var pair = new Pair()) {
            pair.client.setOption(StandardSocketOptions.TCP_NODELAY, true);
            pair.client.setOption(StandardSocketOptions.SO_RCVBUF, 100_000);
            assertThat(pair.client.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
            assertThat(pair.client.socket().getTcpNoDelay()).isTrue();
            assertThat(pair.client.getOption(StandardSocketOptions.SO_RCVBUF)).isEqualTo(100_000);
            assertThat(pair.client.getOption(StandardSocketOptions.SO_LINGER)).isEqualTo(-1);
            assertThatThrownBy(() -> pair.client.setOption(StandardSocketOptions.SO_BROADCAST, true))
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> pair.client.setOption(StandardSocketOptions.SO_SNDBUF, -1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void congestionControlIsChosenByNameAndChangedOnALiveConnection() throws Exception {
        try (var pair = new Pair()) {
            assertThat(pair.client.getOption(TcpSocketOptions.TCP_CONGESTION)).isEqualTo("cubic");
            for (String name : List.of("reno", "bbr", "careful", "cubic")) {
                pair.client.setOption(TcpSocketOptions.TCP_CONGESTION, name);
                assertThat(pair.client.getOption(TcpSocketOptions.TCP_CONGESTION)).isEqualTo(name);
                pair.client.write(ByteBuffer.allocate(100_000));
                assertThat(pair.server.socket().getInputStream().readNBytes(100_000)).hasSize(100_000);
            }
            assertThatThrownBy(() -> pair.client.setOption(TcpSocketOptions.TCP_CONGESTION, "vegas"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("there are bbr careful cubic dctcp reno");
            assertThat(pair.server.getOption(TcpSocketOptions.TCP_CONGESTION)).isEqualTo("cubic");
        }
    }

    @Test
    void acceptedConnectionsHaveTheListenersCongestionControl() throws Exception {
        try (var listener = stacks.server.listen(TwoStacks.server(0), 1)) {
            listener.setOption(TcpSocketOptions.TCP_CONGESTION, "reno");
            assertThat(listener.getOption(TcpSocketOptions.TCP_CONGESTION)).isEqualTo("reno");
            try (var client = stacks.client.connect((InetSocketAddress) listener.getLocalAddress());
                    var server = listener.accept()) {
                assertThat(server.getOption(TcpSocketOptions.TCP_CONGESTION)).isEqualTo("reno");
                assertThat(client.getOption(TcpSocketOptions.TCP_CONGESTION)).isEqualTo("cubic");
            }
        }
    }

    @Test
    void socketStreamsCarryLines() throws Exception {
        try (var pair = new Pair()) {
            pair.client.socket().getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] head = pair.server.socket().getInputStream().readNBytes(18);
            assertThat(head).asString(StandardCharsets.US_ASCII).startsWith("GET /");
            pair.server.socket().getOutputStream().write(new byte[100_000]);
            pair.server.socket().close();
            assertThat(pair.client.socket().getInputStream().readAllBytes()).hasSize(100_000);
        }
    }

    @Test
    void lingeringCloseWaitsForThePeer() throws Exception {
        try (var pair = new Pair()) {
            pair.client.setOption(StandardSocketOptions.SO_LINGER, 10);
            pair.client.setOption(StandardSocketOptions.SO_SNDBUF, MIB);
            pair.client.write(ByteBuffer.allocate(MIB));
            Future<byte[]> received = background(() -> receiveToEnd(pair.server, MIB));
            long before = System.nanoTime();
            pair.client.close();
            assertThat(System.nanoTime() - before).isLessThan(9_000_000_000L);
            assertThat(received.get(10, TimeUnit.SECONDS)).isEqualTo(sha().digest(new byte[MIB]));
        }
    }

    // Tools.

    /** A connection, both ends in hand. */
    private final class Pair implements AutoCloseable {
        final ServerSocketChannel listener = stacks.server.listen(TwoStacks.server(0), 1);
        final SocketChannel client = stacks.client.connect((InetSocketAddress) listener.getLocalAddress());
        final SocketChannel server = listener.accept();

        Pair() throws IOException {}

        @Override
        public void close() throws IOException {
            client.close();
            server.close();
            listener.close();
        }
    }

    private static <T> Future<T> background(Callable<T> body) {
        var result = new CompletableFuture<T>();
        Thread.startVirtualThread(() -> complete(result, body));
        return result;
    }

    /** Runs the body in the background, and returns once it is asleep in a call. */
    private static <T> Future<T> blocked(Callable<T> body) throws InterruptedException {
        var result = new CompletableFuture<T>();
        Thread thread = Thread.startVirtualThread(() -> complete(result, body));
        awaitAsleep(thread);
        return result;
    }

    private static <T> void complete(CompletableFuture<T> result, Callable<T> body) {
        try {
            result.complete(body.call());
        } catch (Exception e) {
            result.completeExceptionally(e);
        }
    }

    private static void awaitAsleep(Thread thread) throws InterruptedException {
        long deadline = System.nanoTime() + 10_000_000_000L;
        for (int asleep = 0; asleep < 3; asleep = thread.getState() == Thread.State.WAITING ? asleep + 1 : 0) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.sleep(2);
        }
    }

    private static void assertFails(Future<?> result, Class<? extends Exception> with)
            throws InterruptedException, TimeoutException {
        try {
            result.get(10, TimeUnit.SECONDS);
            throw new AssertionError("did not fail");
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(with);
        }
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static ByteBuffer direct(String text) {
        return ByteBuffer.allocateDirect(text.length()).put(bytes(text)).flip();
    }

    private static MessageDigest sha() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** Sends bytes and the end of the stream; answers their digest. */
    private static byte[] sendRandom(SocketChannel channel, int length, int seed) throws IOException {
        var random = new Random(seed);
        MessageDigest digest = sha();
        byte[] block = new byte[Math.min(length, 256 << 10)];
        for (int left = length; left > 0; left -= block.length) {
            random.nextBytes(block);
            int part = Math.min(left, block.length);
            digest.update(block, 0, part);
            channel.write(ByteBuffer.wrap(block, 0, part));
        }
        channel.shutdownOutput();
        return digest.digest();
    }

    /** Reads to the end: answers the bytes themselves if they may be at most 100, else their digest. */
    private static byte[] receiveToEnd(SocketChannel channel, int atMost) throws IOException {
        var buffer = ByteBuffer.allocate(Math.min(Math.max(atMost, 1), 128 << 10));
        MessageDigest digest = sha();
        long total = 0;
        byte[] few = {};
        while (channel.read(buffer) >= 0) {
            buffer.flip();
            total += buffer.remaining();
            if (atMost == 100) {
                few = Arrays.copyOf(few, (int) total);
                buffer.get(few, (int) total - buffer.remaining(), buffer.remaining());
            } else {
                digest.update(buffer);
            }
            buffer.clear();
        }
        return atMost == 100 ? few : digest.digest();
    }

    private static byte[] read(SocketChannel channel, int length) throws IOException {
        var buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
            Thread.onSpinWait();
        }
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    private static byte[] digestOf(SocketChannel channel, long length) {
        MessageDigest digest = sha();
        var buffer = ByteBuffer.allocate(8 << 10);
        try {
            for (long left = length; left > 0;) {
                buffer.limit((int) Math.min(buffer.capacity(), left));
                left -= channel.read(buffer);
                digest.update(buffer.flip());
                buffer.clear();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return digest.digest();
    }
}
