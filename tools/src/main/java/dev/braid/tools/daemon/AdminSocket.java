package dev.braid.tools.daemon;

import dev.braid.tools.cli.RunningProcesses;
import dev.braid.tools.control.ControlServer;
import dev.braid.tools.control.PeerRule;
import dev.braid.tools.host.HostLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import org.jspecify.annotations.Nullable;

/**
 * The daemon's socket, {@code admin.sock} in its folder. Without a group only its own user and root get to it, through the folder's mode;
 * with one, others may enter the folder by that name, and the socket's own mode and the {@link PeerRule} let the group in. {@link #share}: any thread;
 * the rest: one.
 */
final class AdminSocket implements AutoCloseable {
    private final Path folder;
    private final PeerRule rule;
    private final ControlServer server;
    private final HostLog log;
    private volatile @Nullable GroupPrincipal admitted;

    private AdminSocket(Path folder, PeerRule rule, ControlServer server, HostLog log) {
        this.folder = folder;
        this.rule = rule;
        this.server = server;
        this.log = log;
    }

    /** Opens the socket in a folder of this user's; clients wait until the {@link #server} serves. */
    static AdminSocket open(Path folder, String group, HostLog log) throws IOException {
        PeerRule rule = PeerRule.of("");
        var socket = new AdminSocket(
                folder, rule, ControlServer.open(RunningProcesses.daemonSocket(folder), rule), log);
        socket.admit(group);
        return socket;
    }

    /** Admits another group from now on; empty = none. One that cannot be admitted is told of, and nobody is admitted. */
    void admit(String group) throws IOException {
        Path socket = server.path();
        GroupPrincipal found = group.isEmpty() ? null : find(group);
        if (found != null && !give(socket, found)) {
            found = null;
        }
        admitted = found;
        rule.group(found == null ? "" : group);
        Files.setPosixFilePermissions(socket,
                PosixFilePermissions.fromString(found == null ? "rw-------" : "rw-rw----"));
        Files.setPosixFilePermissions(folder,
                PosixFilePermissions.fromString(found == null ? "rwx------" : "rwx--x--x"));
    }

    /** Gives the group what it may read and write; only root and the group's own members can. */
    private boolean give(Path file, GroupPrincipal group) {
        try {
            Files.getFileAttributeView(file, PosixFileAttributeView.class).setGroup(group);
            return true;
        } catch (IOException e) {
            log.say(HostLog.Level.WARNING,
                    "admin.group: this user may not give " + file + " to the group " + group.getName()
                            + ", so it admits nobody: make the user a member of it");
            return false;
        }
    }

    /** Lets the group at a file of the daemon's that a request of its member is about; others never. */
    void share(Path file) throws IOException {
        GroupPrincipal group = admitted;
        if (group != null && give(file, group)) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));
        }
    }

    private @Nullable GroupPrincipal find(String group) throws IOException {
        try {
            return folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group);
        } catch (UserPrincipalNotFoundException e) {
            log.say(HostLog.Level.WARNING, "admin.group: there is no group " + group + ", so it admits nobody");
            return null;
        }
    }

    /** What answers. */
    ControlServer server() {
        return server;
    }

    @Override
    public void close() {
        server.close();
    }
}
