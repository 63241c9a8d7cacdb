package dev.braid.tools.bind;

import dev.braid.tools.config.HostConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whose journal it is, and what marks the changes that are not settings.
 *
 * @param v the version of the form, {@value #VERSION}
 * @param boot the kernel's identifier of the time since it booted
 * @param netns the inode of the network namespace
 * @param pid who wrote it, for people
 * @param table the first routing table
 * @param protocol what marks the rules and routes
 * @param nft the firewall table's name
 */
record JournalHeader(int v, String boot, long netns, long pid, int table, int protocol, String nft) {
    /** The form that this program writes. */
    static final int VERSION = 2;

    /** One of this process, on this boot, in the calling thread's network namespace. */
    static JournalHeader here(HostConfig.Binding binding) throws IOException {
        return new JournalHeader(
                VERSION,
                bootId(),
                namespace(),
                ProcessHandle.current().pid(),
                binding.table(),
                binding.protocol(),
                Firewall.TABLE);
    }

    /** Changes every time that the kernel boots. */
    static String bootId() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    }

    /** The inode of the calling thread's network namespace. */
    static long namespace() throws IOException {
        return (Long) Files.getAttribute(Path.of("/proc/thread-self/ns/net"), "unix:ino");
    }
}
