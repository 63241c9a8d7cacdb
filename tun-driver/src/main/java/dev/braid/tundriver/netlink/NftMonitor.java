package dev.braid.tundriver.netlink;

import dev.braid.tundriver.sys.Errno;
import dev.braid.tundriver.sys.LinuxException;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells that firewall tables of the network namespace of its opening thread changed, whoever changed them; what is there now {@link
 * Nftables#read} tells. One thread uses a monitor.
 */
public final class NftMonitor implements AutoCloseable {
    /** Datagrams taken in one drain: a program that writes tables without end must not hold the thread for ever. */
    private static final int MAX_DATAGRAMS = 512;

    private final NetlinkSocket notifications;
    private final List<Reply> messages = new ArrayList<>();

    private NftMonitor(NetlinkSocket notifications) {
        this.notifications = notifications;
    }

    /** A monitor of the calling thread's namespace. */
    public static NftMonitor open() {
        return new NftMonitor(NetlinkSocket.open(Nf.NETLINK_NETFILTER, true, Nf.NFNLGRP_NFTABLES));
    }

    /** Readable when there is something to {@link #drain}. */
    public int descriptor() {
        return notifications.descriptor();
    }

    /** Whether any table changed since the last call; never waits. Lost notifications count as a change. */
    public boolean drain() {
        boolean changed = false;
        for (int i = 0; i < MAX_DATAGRAMS; i++) {
            messages.clear();
            int length = notifications.receive(messages);
            if (length == -Errno.EAGAIN) {
                break;
            }
            if (length != -Errno.ENOBUFS && length != -Errno.EINTR) {
                LinuxException.check(length, "firewall monitor", "recvfrom", "");
            }
            changed = true;
        }
        return changed;
    }

    /** Ends the subscription. */
    @Override
    public void close() {
        notifications.close();
    }
}
