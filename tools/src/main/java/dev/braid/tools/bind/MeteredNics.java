package dev.braid.tools.bind;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Asks NetworkManager where it runs, again whenever something changes about the NIC; else takes mobile modems for metered: the kernel
 * calls their devices {@code wwan}. Never waits: until NetworkManager has answered, what was known before counts. One that does not is
 * asked again for a while, for it begins beside us, and is busy when a host wakes up.
 */
final class MeteredNics implements Metered {
    private static final Path DEVICES = Path.of("/sys/class/net");
    /** The first pause between two questions, and the longest: each is twice the one before. */
    private static final long PAUSE_MS = 250;

    private static final long LONGEST_MS = 16_000;

    private final NetworkManager manager;
    private final Runnable changed;
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    private record Known(NicFacts nic, boolean metered) {}

    /** @param changed run on another thread when a NIC turned out to be other than {@link #isMetered} said */
    MeteredNics(NetworkManager manager, Runnable changed) {
        this.manager = manager;
        this.changed = changed;
    }

    @Override
    public boolean isMetered(NicFacts nic) {
        @Nullable Known before = known.get(nic.name());
        if (before != null && before.nic.equals(nic)) {
            return before.metered;
        }
        Known now = new Known(nic, before == null ? isModem(nic.name()) : before.metered);
        known.put(nic.name(), now);
        if (manager.isThere()) {
            Thread.ofVirtual().name("metered").start(() -> ask(now));
        }
        return now.metered;
    }

    private void ask(Known about) {
        String name = about.nic.name();
        NetworkManager.Answer answer = manager.ask(name);
        try {
            for (long ms = PAUSE_MS; answer == NetworkManager.Answer.NONE && ms <= LONGEST_MS; ms *= 2) {
                Thread.sleep(ms);
                if (!about.equals(known.get(name))) {
                    return; // the NIC has changed again
                }
                answer = manager.ask(name);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        boolean metered = switch (answer) {
            case METERED -> true;
            case UNMETERED -> false;
            case UNKNOWN -> isModem(name);
            case NONE -> about.metered;
        };
        if (metered != about.metered && known.replace(name, about, new Known(about.nic, metered))) {
            changed.run();
        }
    }

    private static boolean isModem(String nic) {
        try {
            return Files.readAllLines(DEVICES.resolve(nic).resolve("uevent")).contains("DEVTYPE=wwan");
        } catch (IOException e) {
            // The NIC has gone, or /sys is not there.
            return false;
        }
    }
}
