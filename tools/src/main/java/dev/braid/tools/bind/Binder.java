package dev.braid.tools.bind;

import dev.braid.fastpath.device.DeviceException;
import dev.braid.fastpath.pipeline.ThreadEnd;
import dev.braid.stack.Stack;
import dev.braid.tools.config.HostConfig;
import dev.braid.tools.host.HostLog;
import dev.braid.tools.host.Links;
import dev.braid.tools.host.Role;
import dev.braid.tundriver.netlink.LinkMonitor;
import dev.braid.tundriver.netlink.NftMonitor;
import dev.braid.tundriver.poll.Poller;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a stack's links bound to this host's NICs: on a thread of its own it hears of every change, tells the stack, and puts the
 * kernel right. Whatever happened, one pass does it: it computes what should be from what there is and applies the difference.
 *
 * <p>Started on a thread of the stack's network namespace; its methods may be called by any thread.
 */
public final class Binder implements AutoCloseable {
    private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long COMMAND_LIMIT_SECONDS = 10;
    private static final int LINKS = 0;
    private static final int FIREWALL = 1;

    private final Pass pass;
    private final BoundLinks links;
    private final LinkMonitor monitor;
    private final NftMonitor firewall;
    private final Poller poller = Poller.open();
    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean running = true;
    private volatile @Nullable Throwable failure;

    private Binder(HostConfig config, HostClaim claim, StackLinks stack, int count, HostLog log) {
        Suspicion suspicion = new Suspicion();
        links = new BoundLinks(config.binding(), suspicion, this::role, this::look);
        Metered metered = new MeteredNics(NetworkManager.here(), this::look);
        pass = new Pass(config, claim, stack, count, log, suspicion, links, metered, System.nanoTime());
        monitor = LinkMonitor.open();
        firewall = NftMonitor.open();
        poller.add(monitor.descriptor(), LINKS);
        poller.add(firewall.descriptor(), FIREWALL);
        thread = Thread.ofPlatform().daemon().name("bind").unstarted(this::run);
    }

    /**
     * Binds the links of a stack that was made with {@link Slots#links}, and returns when they carry what they can.
     *
     * @throws IOException when the stack has ended
     */
    public static Binder start(HostConfig config, HostClaim claim, Stack stack, HostLog log) throws IOException {
        return start(config, claim, new LiveStackLinks(stack.paths()), stack.links().size(), log);
    }

    static Binder start(HostConfig config, HostClaim claim, StackLinks stack, int count, HostLog log)
            throws IOException {
        Binder binder = new Binder(config, claim, stack, count, log);
        CompletableFuture<Void> first = binder.submit(pass -> {});
        binder.thread.start();
        try {
            await(first);
            return binder;
        } catch (IOException | RuntimeException e) {
            binder.close();
            throw e;
        }
    }

    /** The links. */
    public Links links() {
        return links;
    }

    /** Takes another configuration: roles, MTUs, the order of preference; the numbers of {@code binding} wait for a restart. */
    public void reconfigure(HostConfig config) throws IOException {
        await(submit(pass -> pass.reconfigure(config)));
    }

    /** Tells that this process stood still for long, so that what connections run over may be forgotten. */
    public void awoke() throws IOException {
        await(submit(Pass::awoke));
    }

    private void role(String nic, Role role) throws IOException {
        await(submit(pass -> pass.role(nic, role)));
    }

    /** Has the thread look once more. */
    private void look() {
        commands.add(pass::demand);
        poller.wake();
    }

    /** Has the thread do something and then make a pass; done when both are. */
    private CompletableFuture<Void> submit(Consumer<Pass> command) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        commands.add(() -> {
            command.accept(pass);
            pass.demand();
            pass.whenMade(done);
        });
        poller.wake();
        if (!running) {
            done.completeExceptionally(new IOException("links are not bound any more"));
        }
        return done;
    }

    private static void await(CompletableFuture<Void> done) throws IOException {
        try {
            done.get(COMMAND_LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable why = e.getCause();
            throw new IOException(why == null ? e.getMessage() : why.getMessage(), e);
        } catch (TimeoutException e) {
            throw new IOException("the kernel did not answer within " + COMMAND_LIMIT_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** What made the thread end by itself, so that links are followed no longer; {@code null} = nothing did. */
    public @Nullable Throwable failure() {
        return failure;
    }

    private void run() {
        try {
            while (running) {
                turn();
                poller.prepare();
                if (!running || !commands.isEmpty()) {
                    poller.cancel();
                    continue;
                }
                poller.await(Math.max(1, pass.nextNs() - System.nanoTime()));
            }
        } catch (IOException e) {
            // The stack has ended, and with it what its links are for.
        } catch (RuntimeException | Error e) {
            failure = e;
        } finally {
            running = false;
            commands.forEach(Runnable::run);
            pass.end();
        }
    }

    private void turn() throws IOException {
        try {
            boolean news = monitor.drain(pass::onEvent);
            news |= firewall.drain();
            if (news) {
                pass.disturbed();
            }
        } catch (DeviceException e) {
            pass.failed(e, System.nanoTime());
            // What could not be read stays readable.
            LockSupport.parkNanos(RETRY_NS);
        }
        for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
            command.run();
        }
        pass.makeIfDue(System.nanoTime());
    }

    /** Has the stack use its links no longer and ends the thread. What was changed in the kernel is undone by the claim's close. */
    @Override
    public void close() {
        running = false;
        poller.wake();
        ThreadEnd.await(thread);
        poller.close();
        monitor.close();
        firewall.close();
    }
}
