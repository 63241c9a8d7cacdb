package dev.braid.tundriver.netns;

import dev.braid.tundriver.netlink.Rtnetlink;
import dev.braid.tundriver.sys.Descriptors;
import dev.braid.tundriver.sys.Errno;
import dev.braid.tundriver.sys.LinuxException;
import dev.braid.tundriver.sys.ThreadNamespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A network namespace and a platform thread that lives in it. The namespace has no name in the file system: it is held by
 * that thread and one descriptor, so it ends with {@link #close}, or with this process however that dies.
 *
 * <p>Descriptors opened by a task in here stay in this namespace and may be used by any thread. Threads that a task starts
 * stay in it too: a task must not be the first to start something shared, such as a virtual thread, whose carriers would
 * keep the namespace. Any thread may call the methods; tasks run one after another.
 */
public final class NetworkNamespace implements AutoCloseable {
    private static final long EXEC_LIMIT_SECONDS = 60;
    private static final long CLOSE_LIMIT_SECONDS = 10;

    private final String name;
    private final ExecutorService thread;
    private final List<Process> processes = new CopyOnWriteArrayList<>();
    private volatile @Nullable Thread inside;
    private int descriptor = -1;
    private boolean open = true;

    private NetworkNamespace(String name) {
        this.name = name;
        this.thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("netns-" + name).factory());
    }

    /** A new namespace with nothing in it but its loopback device, which is up. */
    public static NetworkNamespace create(String name) {
        NetworkNamespace made = new NetworkNamespace(name);
        made.settle("unshare", ThreadNamespace::unshare);
        try (Rtnetlink netlink = made.netlink()) {
            netlink.up(netlink.link("lo").index());
        } catch (RuntimeException e) {
            made.close();
            throw e;
        }
        return made;
    }

    /**
     * The namespace that a file refers to, such as {@code /run/netns/NAME} or {@code /proc/PID/ns/net}.
     *
     * @throws LinuxException when there is none, or it may not be entered
     */
    public static NetworkNamespace enter(Path file) {
        int found = Descriptors.open(file.toString(), Descriptors.O_RDONLY);
        LinuxException.check(found, file.toString(), "open", openAdvice(-found));
        try {
            NetworkNamespace entered = new NetworkNamespace(file.getFileName().toString());
            entered.settle("setns", () -> ThreadNamespace.enter(found));
            return entered;
        } finally {
            Descriptors.close(found);
        }
    }

    /** Moves the thread with {@code move}, then holds the namespace it is in. */
    private void settle(String call, IntSupplier move) {
        try {
            call(() -> {
                int moved = move.getAsInt();
                LinuxException.check(moved, name, call, moveAdvice(-moved));
                descriptor = LinuxException.check(ThreadNamespace.descriptor(), name, "open ns/net", "");
                inside = Thread.currentThread();
                return descriptor;
            });
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static String openAdvice(int errno) {
        return errno == Errno.ENOENT
                ? "there is no such namespace; \"ip netns list\" shows those that have names"
                : "it may belong to another user";
    }

    private static String moveAdvice(int errno) {
        return switch (errno) {
            case Errno.EPERM ->
                "this needs CAP_SYS_ADMIN; run as root, or in a user namespace of your own (unshare -Urn)";
            case Errno.EINVAL -> "it is not a network namespace";
            default -> "";
        };
    }

    /** What it is called in messages. */
    public String name() {
        return name;
    }

    /** A descriptor that refers to the namespace, valid until {@link #close}. */
    public int descriptor() {
        return descriptor;
    }

    /** A path that other processes of this user can enter it by, valid until {@link #close}. */
    public Path path() {
        return Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/" + descriptor);
    }

    /** Work to do inside a namespace. */
    @FunctionalInterface
    public interface Task<T, X extends Exception> {
        T run() throws X;
    }

    /** Runs a task on the namespace's thread and waits for it; what it throws is thrown here. */
    public <T, X extends Exception> T call(Task<T, X> task) throws X {
        if (Thread.currentThread().equals(inside)) {
            return task.run();
        }
        Future<T> result = thread.submit((Callable<T>) task::run);
        try {
            return result.get();
        } catch (InterruptedException e) {
            result.cancel(true);
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for a task in namespace " + name);
        } catch (ExecutionException e) {
            throw NetworkNamespace.<X>rethrown(e.getCause());
        }
    }

    /** A task throws X, a RuntimeException or an Error, and nothing else. */
    @SuppressWarnings("unchecked")
    private static <X extends Exception> X rethrown(@Nullable Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        return (X) Objects.requireNonNull(cause);
    }

    /** A netlink client of this namespace; the caller closes it. */
    public Rtnetlink netlink() {
        return call(Rtnetlink::open);
    }

    /**
     * Writes a kernel setting of this namespace.
     *
     * @param key such as {@code net.ipv4.ip_forward}, or with slashes where a device's name has a dot
     */
    public void sysctl(String key, String value) {
        String path = key.indexOf('/') >= 0 ? key : key.replace('.', '/');
        if (!path.startsWith("net/") || path.contains("..")) {
            throw new IllegalArgumentException(key + ": only settings under net belong to a namespace");
        }
        try {
            call(() -> Files.writeString(Path.of("/proc/sys", path), value));
        } catch (IOException e) {
            throw new IllegalStateException(name + ": sysctl " + key + "=" + value + ": " + e.getMessage(), e);
        }
    }

    /**
     * Starts a program inside; {@link #close} ends it if it still runs. Its standard error goes with its standard output.
     *
     * <p>It goes through nsenter(1): a process forked from the namespace's own thread would be in it as well, but the JDK
     * then starts its reaper thread there, which would hold the namespace for a minute after the program has ended.
     */
    public Process start(String... command) throws IOException {
        String[] inNamespace = new String[command.length + 3];
        inNamespace[0] = "nsenter";
        inNamespace[1] = "--net=" + path();
        inNamespace[2] = "--";
        System.arraycopy(command, 0, inNamespace, 3, command.length);
        Process process = new ProcessBuilder(inNamespace).redirectErrorStream(true).start();
        processes.removeIf(known -> !known.isAlive());
        processes.add(process);
        return process;
    }

    /**
     * Runs a short program inside and waits for it, a minute at most.
     *
     * @return what it printed
     * @throws IllegalStateException when it fails, with what it printed
     */
    public String exec(String... command) {
        String shown = name + ": " + String.join(" ", command);
        try {
            Process process = start(command);
            process.getOutputStream().close();
            var unused = process.onExit()
                    .orTimeout(EXEC_LIMIT_SECONDS, TimeUnit.SECONDS)
                    .exceptionally(late -> process.destroyForcibly());
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status != 0) {
                throw new IllegalStateException(shown + ": exit status " + status + ": " + printed.strip());
            }
            return printed;
        } catch (IOException e) {
            throw new IllegalStateException(shown + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(shown + ": interrupted", e);
        }
    }

    /** Ends the programs started inside and gives the namespace up; devices in it that nobody holds elsewhere go. */
    @Override
    public synchronized void close() {
        if (!open) {
            return;
        }
        open = false;
        processes.forEach(Process::destroyForcibly);
        thread.shutdownNow();
        try {
            for (Process process : processes) {
                process.waitFor(CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS);
            }
            thread.awaitTermination(CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (descriptor >= 0) {
            Descriptors.close(descriptor);
        }
    }
}
