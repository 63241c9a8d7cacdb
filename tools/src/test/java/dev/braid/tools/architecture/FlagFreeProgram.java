package dev.braid.tools.architecture;

import dev.braid.fastpath.device.MemoryWire;
import dev.braid.stack.Link;
import dev.braid.stack.Stack;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Started by {@link NoFlagsTest} in a JVM of its own: initialises every class of the modules that run in process, then sends
 * bytes from one stack to another over a wire in memory and back.
 */
final class FlagFreeProgram {
    private static final int BYTES = 1 << 20;
    private static final int PORT = 7;

    private FlagFreeProgram() {}

    public static void main(String[] args) throws Exception {
        for (String module : List.of("fastpath", "tun-driver", "stack")) {
            for (CompiledClass type : CompiledClass.ofModule(module)) {
                Class.forName(type.name());
            }
        }
        var wire = new MemoryWire(1500, 0);
        try (var server = Stack.builder().link(Link.over(wire.left(), "server").address("10.0.0.1/24")).start();
                var client = Stack.builder().link(Link.over(wire.right(), "client").address("10.0.0.2/24")).start()) {
            echo(server, client);
        }
    }

    private static void echo(Stack server, Stack client) throws Exception {
        try (var listener = server.listen(new InetSocketAddress("10.0.0.1", PORT), 1);
                var asking = client.connect(new InetSocketAddress("10.0.0.1", PORT));
                var answering = listener.accept()) {
            byte[] sent = new byte[BYTES];
            new Random(1).nextBytes(sent);
            var there = Thread.ofVirtual().start(() -> write(asking, sent));
            byte[] arrived = read(answering);
            there.join();
            var back = Thread.ofVirtual().start(() -> write(answering, arrived));
            if (!Arrays.equals(sent, read(asking))) {
                throw new AssertionError("other bytes came back than were sent");
            }
            back.join();
        }
    }

    private static void write(SocketChannel channel, byte[] bytes) {
        var buffer = ByteBuffer.wrap(bytes);
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] read(SocketChannel channel) throws IOException {
        var buffer = ByteBuffer.allocate(BYTES);
        while (buffer.hasRemaining() && channel.read(buffer) >= 0) {}
        return buffer.array();
    }
}
