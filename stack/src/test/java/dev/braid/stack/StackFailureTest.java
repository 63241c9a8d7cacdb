package dev.braid.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.DeviceEvents;
import dev.braid.fastpath.device.DeviceException;
import dev.braid.fastpath.device.DeviceSpec;
import dev.braid.fastpath.device.FrameDevice;
import dev.braid.fastpath.device.FrameDeviceProvider;
import dev.braid.fastpath.device.ParkWaiter;
import dev.braid.fastpath.device.Waiter;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FrameBatch;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.pipeline.Threads;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What programs see when a stack cannot start, or cannot go on. */
@Timeout(30)
class StackFailureTest {
    @ParameterizedTest
    @EnumSource(value = Threads.class, names = {"INLINE", "STAGED"})
    void aDeviceThatBreaksForGoodEndsTheStackAndTellsWhy(Threads threads) throws Exception {
        var device = new BreakingDevice();
        Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
        try (Stack stack = Stack.builder()
                .threads(threads)
                .onError(errors::add)
                .link(Link.over(device, "broken0").address("10.1.0.1/24"))
                .start()) {
            ServerSocketChannel listener = stack.listen(new InetSocketAddress(0), 1);
            var blocked = new CompletableFuture<Throwable>();
            Thread.startVirtualThread(() -> {
                try {
                    listener.accept();
                } catch (IOException e) {
                    blocked.complete(e);
                }
            });
            Thread.sleep(20);
            device.broken = true;
            device.waiter.wake();
            assertThat(blocked.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("broken0 went away");
            assertThat(stack.failure()).hasMessage("broken0 went away");
            assertThatThrownBy(() -> stack.connect(new InetSocketAddress("10.1.0.9", 1)))
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("broken0 went away");
            assertThat(errors).isNotEmpty();
        }
    }

    @Test
    void aKindNobodyOpensIsToldInOneLine() {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> Stack.builder().link(Link.tun("tun0").address("10.1.0.1/24")).start())
                .withMessage("link tun0: nothing on the class path opens devices of kind tun; add Braid's tun-driver");
    }

    @Test
    void aStackNeedsALink() {
        assertThatIllegalStateException().isThrownBy(() -> Stack.builder().start()).withMessageContaining("link");
    }

    /** A device whose receive fails, from a moment on, every time. */
    private static final class BreakingDevice implements FrameDeviceProvider, FrameDevice {
        private final ParkWaiter waiter = new ParkWaiter();
        private volatile boolean broken;

        @Override
        public String kind() {
            return "breaking";
        }

        @Override
        public List<FrameDevice> open(
                DeviceSpec spec, int index, FramePool frames, Counters counters, DeviceEvents events) {
            return List.of(this);
        }

        @Override
        public Waiter waiter(List<FrameDevice> devices) {
            return waiter;
        }

        @Override
        public String name() {
            return "broken0";
        }

        @Override
        public int mtu() {
            return 1500;
        }

        @Override
        public int offloads() {
            return 0;
        }

        @Override
        public int receive(FrameBatch batch) {
            if (broken) {
                throw new DeviceException("broken0 went away");
            }
            return 0;
        }

        @Override
        public void transmit(Frame frame) {
            frame.release();
        }

        @Override
        public void close() {}
    }
}
