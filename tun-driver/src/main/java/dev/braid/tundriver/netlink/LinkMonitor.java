package dev.braid.tundriver.netlink;

import dev.braid.tundriver.sys.Errno;
import dev.braid.tundriver.sys.LinuxException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Tells of changes to the links, addresses, routes, rules and devices' settings of the network namespace that its opening thread was in.
 *
 * <p>It remembers what it has told. The first {@link #drain} tells what exists, later ones tell differences, and when the
 * kernel had to throw notifications away (ENOBUFS), the tables are read anew and the differences told: a listener's picture
 * is complete after each drain, whatever was lost.
 *
 * <p>One thread uses a monitor: either a {@code Poller} watches {@link #descriptor} and the thread drains when it is
 * readable, or {@link MonitorThread} does so.
 */
public final class LinkMonitor implements AutoCloseable {
    private static final int RECEIVE_BUFFER_BYTES = 1 << 20;
    /** Datagrams taken in one drain: a storm of changes must not hold its thread for ever. */
    private static final int MAX_DATAGRAMS = 512;

    private final Set<Topic> topics;
    private final NetlinkSocket notifications;
    private final Rtnetlink tables;
    private final NamespaceState state = new NamespaceState();
    private final List<Reply> messages = new ArrayList<>();
    private boolean complete;

    /** What a monitor can watch. */
    public enum Topic {
        LINKS(Rtm.RTNLGRP_LINK),
        ADDRESSES(Rtm.RTNLGRP_IPV4_IFADDR, Rtm.RTNLGRP_IPV6_IFADDR),
        ROUTES(Rtm.RTNLGRP_IPV4_ROUTE, Rtm.RTNLGRP_IPV6_ROUTE),
        RULES(Rtm.RTNLGRP_IPV4_RULE, Rtm.RTNLGRP_IPV6_RULE),
        /** They are not remembered: whoever missed some is told once that there may have been any. */
        SETTINGS(Rtm.RTNLGRP_IPV4_NETCONF, Rtm.RTNLGRP_IPV6_NETCONF);

        private final List<Integer> groups;

        Topic(Integer... groups) {
            this.groups = List.of(groups);
        }
    }

    private LinkMonitor(Set<Topic> topics, NetlinkSocket notifications, Rtnetlink tables) {
        this.topics = topics;
        this.notifications = notifications;
        this.tables = tables;
    }

    /** A monitor of everything in the calling thread's namespace. */
    public static LinkMonitor open() {
        return open(EnumSet.allOf(Topic.class));
    }

    /** A monitor of {@code topics} in the calling thread's namespace. */
    public static LinkMonitor open(Set<Topic> topics) {
        return open(topics, RECEIVE_BUFFER_BYTES);
    }

    static LinkMonitor open(Set<Topic> topics, int receiveBufferBytes) {
        int[] groups = topics.stream()
                .flatMap(topic -> topic.groups.stream())
                .mapToInt(Integer::intValue)
                .toArray();
        NetlinkSocket notifications = NetlinkSocket.open(NetlinkSocket.NETLINK_ROUTE, true, groups);
        try {
            notifications.receiveBuffer(receiveBufferBytes);
            return new LinkMonitor(EnumSet.copyOf(topics), notifications, Rtnetlink.open());
        } catch (LinuxException e) {
            notifications.close();
            throw e;
        }
    }

    /** Readable when there is something to {@link #drain}. */
    public int descriptor() {
        return notifications.descriptor();
    }

    /**
     * Tells what has changed since the last call; never waits for changes.
     *
     * @return whether anything was read, so that a caller that found nothing else to do may count it as work
     */
    public boolean drain(Consumer<LinkEvent> listener) {
        if (!complete) {
            readTables(listener);
            return true;
        }
        boolean routesInDoubt = false;
        int datagrams = 0;
        for (; datagrams < MAX_DATAGRAMS; datagrams++) {
            messages.clear();
            int length = notifications.receive(messages);
            if (length == -Errno.EAGAIN) {
                break;
            }
            if (length == -Errno.ENOBUFS) {
                readTables(listener);
                return true;
            }
            if (length != -Errno.EINTR) {
                LinuxException.check(length, "link monitor", "recvfrom", "");
            }
            for (Reply message : messages) {
                routesInDoubt |= state.apply(message, listener);
            }
        }
        if (routesInDoubt && topics.contains(Topic.ROUTES)) {
            state.replaceRoutes(tables.routes(), listener);
        }
        return datagrams > 0;
    }

    /**
     * Notifications queued before the tables are read are older than the tables; they are dropped. What arrives meanwhile
     * stays queued and is applied afterwards: in its order it leads to the present state, whatever the tables showed.
     */
    private void readTables(Consumer<LinkEvent> listener) {
        complete = false;
        for (int i = 0; i < MAX_DATAGRAMS && notifications.receive(messages) != -Errno.EAGAIN; i++) {
            messages.clear();
        }
        if (topics.contains(Topic.LINKS)) {
            state.replaceLinks(tables.links(), listener);
        }
        if (topics.contains(Topic.ADDRESSES)) {
            state.replaceAddresses(tables.addresses(), listener);
        }
        if (topics.contains(Topic.ROUTES)) {
            state.replaceRoutes(tables.routes(), listener);
        }
        if (topics.contains(Topic.RULES)) {
            state.replaceRules(tables.rules(), listener);
        }
        if (topics.contains(Topic.SETTINGS)) {
            listener.accept(new LinkEvent.SettingsChanged(LinkEvent.SettingsChanged.ANY_DEVICE));
        }
        complete = true;
    }

    /** Ends the subscription. */
    @Override
    public void close() {
        notifications.close();
        tables.close();
    }
}
