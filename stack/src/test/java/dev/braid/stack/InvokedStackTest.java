package dev.braid.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.pipeline.Threads;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class InvokedStackTest {
    @Test
    void aStackWithoutThreadsMovesOnlyWhenInvoked() throws Exception {
        try (var stacks = new TwoStacks(Threads.INVOKED, TwoStacks.ALL_OFFLOADS)) {
            var done = new CompletableFuture<Integer>();
            Thread user = Thread.startVirtualThread(() -> {
                try (var echo = new EchoServer(stacks.server.listen(TwoStacks.server(0), 5));
                        SocketChannel channel = stacks.client.connect(TwoStacks.server(echo.port()))) {
                    channel.write(ByteBuffer.allocate(100_000));
                    channel.shutdownOutput();
                    int total = 0;
                    var buffer = ByteBuffer.allocate(9_000);
                    for (int read = channel.read(buffer); read >= 0; read = channel.read(buffer.clear())) {
                        total += read;
                    }
                    done.complete(total);
                } catch (Exception e) {
                    done.completeExceptionally(e);
                }
            });
            Thread.sleep(50);
            assertThat(user.isAlive()).isTrue();
            while (!done.isDone()) {
                if (stacks.client.invoke() + stacks.server.invoke() == 0) {
                    Thread.yield();
                }
            }
            assertThat(done.get()).isEqualTo(100_000);
        }
    }
}
