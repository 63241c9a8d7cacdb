package dev.braid.tools.kernel.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.Link;
import dev.braid.stack.Stack;
import dev.braid.stack.socket.StreamProtocol;
import dev.braid.tundriver.netns.NetworkNamespace;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A namespace with Braid on two TUNs, and the Linux kernel at the other end of both. */
final class TwoPaths implements AutoCloseable {
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(10);

    private final NetworkNamespace namespace = NetworkNamespace.create("two-paths");
    private final Stack stack;
    private final BraidHost braid;
    private final KernelHost kernel;

    TwoPaths() throws IOException {
        this(UnaryOperator.identity());
    }

    /** With each link changed, such as to have no offloads. */
    TwoPaths(UnaryOperator<Link> change) throws IOException {
        try {
            stack = namespace.call(() -> Stack.builder()
                    .link(change.apply(Link.tun("braid0").address("10.77.0.2/24").address("fd77::2/64")))
                    .link(change.apply(Link.tun("braid1").address("10.78.0.2/24").address("fd78::2/64")))
                    .protocol(StreamProtocol.MPTCP)
                    .trackLeaks()
                    .start());
        } catch (RuntimeException e) {
            namespace.close();
            throw e;
        }
        try {
            braid = new BraidHost(stack);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
        kernel = new KernelHost(namespace, 1);
    }

    BraidHost braid() {
        return braid;
    }

    KernelHost kernel() {
        return kernel;
    }

    NetworkNamespace namespace() {
        return namespace;
    }

    Stack stack() {
        return stack;
    }

    /** Something that becomes true. */
    @FunctionalInterface
    interface Condition {
        boolean holds() throws IOException;
    }

    /** Waits, a bounded time, until it is so. */
    static void await(String what, Condition condition) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_NS;
        while (!condition.holds()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError(what + ": not within " + PATIENCE_NS / 1_000_000_000 + " s");
            }
            Thread.sleep(5);
        }
    }

    @Override
    public void close() {
        try {
            stack.close();
            assertThat(stack.leaks()).isEmpty();
            assertThat(stack.counters().value("DropInternalError")).as("defects").isZero();
        } finally {
            namespace.close();
        }
    }
}
