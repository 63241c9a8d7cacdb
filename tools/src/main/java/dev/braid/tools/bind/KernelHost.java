package dev.braid.tools.bind;

import dev.braid.tundriver.netlink.Link;
import dev.braid.tundriver.netlink.NftTable;
import dev.braid.tundriver.netlink.Route;
import dev.braid.tundriver.netlink.Rule;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of the kernel that binding reads and changes. Each method is one request; it throws {@link
 * dev.braid.tundriver.sys.LinuxException}, or {@link IOException} where a file is behind it, when the kernel refuses.
 */
interface KernelHost extends AutoCloseable {
    List<Link> links();

    List<Rule> rules();

    void addRule(Rule rule);

    /** Without effect when there is none: others delete, too. */
    void deleteRule(Rule rule);

    List<Route> routes();

    /** Adds a route in the place of one with the same destination, table and metric. */
    void putRoute(Route route);

    /** Without effect when there is none, or none any more: the kernel itself deletes those of a device that goes. */
    void deleteRoute(Route route);

    /** The firewall table of this name in the family {@code inet}; {@code null} = none. */
    @Nullable
    NftTable firewall(String name);

    /** All or nothing. */
    void putFirewall(NftTable table);

    /** Whether there was one. */
    boolean deleteFirewall(String name);

    /** A setting by its path below {@code /proc/sys}; {@code null} = there is none. */
    @Nullable
    String setting(String key);

    void putSetting(String key, String value) throws IOException;

    void mtu(int device, int bytes);

    @Override
    void close();
}
