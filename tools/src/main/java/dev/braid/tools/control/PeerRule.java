package dev.braid.tools.control;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/**
 * Who may ask over a Unix socket, by what the kernel says of the peer: the process's own user, root, and the members of one group. The
 * socket's permissions say the same first; this holds where they were changed. Any thread.
 */
public final class PeerRule implements Predicate<SocketChannel> {
    private static final String ROOT = "root";

    private final String owner;
    private final Path groups;
    private volatile String group;

    /**
     * A rule.
     *
     * @param owner the user's name
     * @param group empty = none
     * @param groups a file laid out as {@code /etc/group}
     */
    PeerRule(String owner, String group, Path groups) {
        this.owner = owner;
        this.group = group;
        this.groups = groups;
    }

    /** For this process's user, and a group; empty = none. */
    public static PeerRule of(String group) throws IOException {
        return new PeerRule(Files.getOwner(Path.of("/proc/self")).getName(), group, Path.of("/etc/group"));
    }

    /** Another group from now on; empty = none. */
    public void group(String changed) {
        group = changed;
    }

    @Override
    public boolean test(SocketChannel client) {
        try {
            UnixDomainPrincipal peer = client.getOption(ExtendedSocketOptions.SO_PEERCRED);
            return admits(peer.user().getName(), peer.group().getName());
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether a user with that primary group may ask. */
    boolean admits(String user, String primaryGroup) {
        String admitted = group;
        return user.equals(owner) || user.equals(ROOT)
                || (!admitted.isEmpty() && (primaryGroup.equals(admitted) || isMember(user, admitted)));
    }

    private boolean isMember(String user, String admitted) {
        try {
            for (String line : Files.readAllLines(groups)) {
                String[] fields = line.split(":", -1);
                if (fields.length == 4 && fields[0].equals(admitted)) {
                    return List.of(fields[3].split(",")).contains(user);
                }
            }
        } catch (IOException e) {
            // A host without the file has no members to admit.
        }
        return false;
    }
}
