package dev.braid.tools.bind;

import dev.braid.tools.config.HostConfig;
import dev.braid.tools.host.HostLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * The right to change this host for as long as this process lives, and the duty to undo it: taken before the stack's TUNs are made, given
 * up after they are gone. One thread at a time; it speaks of the network namespace of the thread that takes it.
 */
public final class HostClaim implements AutoCloseable {
    private static final long TUNS_GONE_NS = 2_000_000_000L;
    private static final long LOOK_AGAIN_NS = 20_000_000L;

    private final RunLock lock;
    private final KernelHost host;
    private final JournalHeader header;
    private final Journal journal;
    private final Path folder;

    private HostClaim(RunLock lock, KernelHost host, JournalHeader header, Journal journal, Path folder) {
        this.lock = lock;
        this.host = host;
        this.header = header;
        this.journal = journal;
        this.folder = folder;
    }

    /**
     * Takes the run folder's lock, undoes what an earlier process has left, and begins a journal.
     *
     * @throws ClaimedException when a daemon runs
     * @throws IOException when the earlier one's changes cannot be undone, with one line that says why
     */
    public static HostClaim take(Path folder, HostConfig.Binding binding, HostLog log) throws IOException {
        RunLock lock = RunLock.take(folder);
        KernelHost host = null;
        try {
            host = LiveKernelHost.open();
            requireNoOther(host);
            return take(folder, binding, log, lock, host);
        } catch (IOException | RuntimeException e) {
            if (host != null) {
                host.close();
            }
            lock.close();
            throw e;
        }
    }

    /**
     * Marks and names are one daemon's in a network namespace: with another run folder a second one would undo what the first needs.
     * The kernel takes a moment to remove the TUNs of a process that was killed just now.
     */
    private static void requireNoOther(KernelHost host) throws IOException {
        long deadlineNs = System.nanoTime() + TUNS_GONE_NS;
        while (host.links().stream().anyMatch(link -> link.name().equals(Slots.tun(0)))) {
            if (System.nanoTime() - deadlineNs >= 0) {
                throw new IOException("there is a device " + Slots.tun(0)
                        + " already: stop the daemon that has it, which uses another run folder, or remove it");
            }
            LockSupport.parkNanos(LOOK_AGAIN_NS);
        }
    }

    /** The same with the lock held, on this host; both are closed with the claim. */
    static HostClaim take(Path folder, HostConfig.Binding binding, HostLog log, RunLock lock, KernelHost host)
            throws IOException {
        new Recovery(host).recover(folder, log, lock);
        JournalHeader header = JournalHeader.here(binding);
        return new HostClaim(lock, host, header, Journal.create(folder, header), folder);
    }

    KernelHost host() {
        return host;
    }

    Journal journal() {
        return journal;
    }

    /**
     * Undoes every change, then lets another process claim the host. To be called on a thread of the claim's network namespace.
     *
     * @throws IOException when something could not be undone; the journal stays for the next to try
     */
    @Override
    public void close() throws IOException {
        try (lock; host; journal) {
            new Recovery(host).undo(header, journal.entries());
            Journal.remove(folder);
        }
    }
}
