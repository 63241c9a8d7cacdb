package dev.braid.tools.proxy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** Who may use the proxy. A wrong login is answered late, and at most five are in a second, whoever asks. Any thread. */
final class Logins {
    private static final long PAUSE_MS = 200;

    private final Map<String, String> users;
    private final ReentrantLock failing;

    /**
     * @param users passwords by names; empty = nobody is asked
     * @param failing held while a failure is waited for: the same one for all, or many connections would guess faster than one
     */
    Logins(Map<String, String> users, ReentrantLock failing) {
        this.users = Map.copyOf(users);
        this.failing = failing;
    }

    /** Whether clients must name themselves. */
    boolean required() {
        return !users.isEmpty();
    }

    /** Whether the password is this user's. Takes as long for every wrong one. */
    boolean check(String user, byte[] password) {
        String expected = users.getOrDefault(user, "");
        boolean equal = MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), password);
        if (equal && users.containsKey(user)) {
            return true;
        }
        pause();
        return false;
    }

    private void pause() {
        failing.lock();
        try {
            Thread.sleep(PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            failing.unlock();
        }
    }
}
