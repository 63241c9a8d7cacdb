package dev.braid.tundriver.netlink;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import org.jspecify.annotations.Nullable;

/**
 * A unicast or local route.
 *
 * @param destination what it leads to
 * @param gateway the next router, or null for a network that is directly attached
 * @param device the index of the device, or 0
 * @param source the preferred source address, or null
 * @param table 254 is the main table; rules choose others
 * @param protocol who made it, {@code RTPROT_…}; a program marks its own routes with a number of its own
 * @param priority the metric: lower is preferred; 0 leaves it to the kernel (which shows IPv6 routes with 1024)
 * @param type {@code RTN_…}
 * @param mtu bytes, or 0 for the device's
 * @param congestionControl what TCP uses over it, or empty for the namespace's default
 * @param onlink whether the gateway is taken to be on the device's link, whatever the device's networks say
 */
public record Route(
        Prefix destination,
        @Nullable IpAddress gateway,
        int device,
        @Nullable IpAddress source,
        int table,
        int protocol,
        int priority,
        int type,
        int mtu,
        String congestionControl,
        boolean onlink) {
    /** The table of ordinary routes. */
    public static final int TABLE_MAIN = 254;
    /** The table of local addresses. */
    public static final int TABLE_LOCAL = 255;
    /** Made by an administrator or a program. */
    public static final int RTPROT_STATIC = 4;
    /** An ordinary route. */
    public static final int RTN_UNICAST = 1;
    /** The destination is this host: the kernel takes such packets in. */
    public static final int RTN_LOCAL = 2;
    /** Packets are dropped, and the sender is told. */
    public static final int RTN_UNREACHABLE = 7;

    /** Begins a unicast route in the main table. */
    public static Builder to(Prefix destination) {
        return new Builder(destination);
    }

    /** Collects a route's parts. */
    public static final class Builder {
        private final Prefix destination;
        private @Nullable IpAddress gateway;
        private int device;
        private @Nullable IpAddress source;
        private int table = TABLE_MAIN;
        private int protocol = RTPROT_STATIC;
        private int priority;
        private int type = RTN_UNICAST;
        private int mtu;
        private String congestionControl = "";
        private boolean onlink;

        private Builder(Prefix destination) {
            this.destination = destination;
        }

        /** The next router. */
        public Builder via(IpAddress router) {
            this.gateway = router;
            return this;
        }

        /** The index of the device. */
        public Builder device(int index) {
            this.device = index;
            return this;
        }

        /** The preferred source address. */
        public Builder source(IpAddress address) {
            this.source = address;
            return this;
        }

        /** The table, 1..2^32−1. */
        public Builder table(int number) {
            this.table = number;
            return this;
        }

        /** Who makes it, 0..255. */
        public Builder protocol(int number) {
            this.protocol = number;
            return this;
        }

        /** The metric; lower is preferred. */
        public Builder priority(int metric) {
            this.priority = metric;
            return this;
        }

        /** {@code RTN_…}. */
        public Builder type(int rtn) {
            this.type = rtn;
            return this;
        }

        /** Bytes. */
        public Builder mtu(int bytes) {
            this.mtu = bytes;
            return this;
        }

        /** Pins TCP's congestion control over this route: {@code cubic}, {@code reno}, {@code bbr}. */
        public Builder congestionControl(String name) {
            this.congestionControl = name;
            return this;
        }

        /** Takes the gateway for a neighbour on the device's link, as a router outside the device's networks is. */
        public Builder onlink() {
            this.onlink = true;
            return this;
        }

        /** The finished route. */
        public Route build() {
            return new Route(
                    destination,
                    gateway,
                    device,
                    source,
                    table,
                    protocol,
                    priority,
                    type,
                    mtu,
                    congestionControl,
                    onlink);
        }
    }
}
