package dev.braid.tools.bind;

import dev.braid.tools.host.HostLog;
import dev.braid.tundriver.netlink.Link;
import dev.braid.tundriver.netlink.Route;
import dev.braid.tundriver.netlink.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts the host back as it was before a daemon changed it, from its journal and the marks on what it made. It can be cut short and run
 * again at any point: the journal goes last.
 */
public final class Recovery {
    private final KernelHost host;

    Recovery(KernelHost host) {
        this.host = host;
    }

    /**
     * Undoes what a daemon that is gone has left in the calling thread's network namespace; with nothing left it does nothing.
     *
     * @param folder the daemon's run folder
     * @return whether there was anything
     * @throws ClaimedException when a daemon runs
     * @throws IOException when something could not be undone, with one line that says what
     */
    public static boolean run(Path folder, HostLog log) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (RunLock lock = RunLock.take(folder); KernelHost host = LiveKernelHost.open()) {
            return new Recovery(host).recover(folder, log, lock);
        }
    }

    /** The same with the lock held. */
    boolean recover(Path folder, HostLog log, RunLock lock) throws IOException {
        lock.requireHeld();
        Journal.Told told = Journal.read(folder);
        if (told == null) {
            return false;
        }
        JournalHeader header = told.header();
        if (header != null && header.boot().equals(JournalHeader.bootId())) {
            if (header.netns() != JournalHeader.namespace()) {
                throw new IOException("another network namespace's daemon left " + folder.resolve(Journal.FILE)
                        + "; undo it in there, or use another run folder (XDG_RUNTIME_DIR)");
            }
            undo(header, told.entries());
            log.say(HostLog.Level.NOTICE, "undid what process " + header.pid() + " left of its changes to this host");
        }
        Journal.remove(folder);
        return true;
    }

    /** Undoes everything that the journal tells of and that its marks are on. */
    void undo(JournalHeader header, List<JournalEntry> entries) throws IOException {
        restore(entries);
        for (Route route : host.routes()) {
            if (route.protocol() == header.protocol()) {
                host.deleteRoute(route);
            }
        }
        for (Rule rule : host.rules()) {
            if (rule.protocol() == header.protocol()) {
                host.deleteRule(rule);
            }
        }
        // Last: as long as an interface forwards, it forwards nobody else's.
        host.deleteFirewall(header.nft());
    }

    /** Settings that somebody has changed meanwhile are theirs. */
    private void restore(List<JournalEntry> entries) throws IOException {
        Map<Integer, String> names = new HashMap<>();
        for (Link link : host.links()) {
            names.put(link.index(), link.name());
        }
        for (JournalEntry entry : entries.reversed()) {
            String name = names.get(entry.device());
            if (name == null || !Settings.isInterface(name)) {
                continue;
            }
            if (Settings.isV4(entry.sysctl()) && entry.becameRouter(host)) {
                // The router's switch has set this interface's, too, though it found it on.
                continue;
            }
            String key = Settings.of(name, entry.sysctl());
            if (entry.now().equals(host.setting(key))) {
                try {
                    host.putSetting(key, entry.was());
                } catch (IOException e) {
                    if (host.setting(key) != null) {
                        throw new IOException("/proc/sys/" + key + " could not be set back to " + entry.was() + ": "
                                + e.getMessage(), e);
                    }
                }
            }
        }
    }
}
