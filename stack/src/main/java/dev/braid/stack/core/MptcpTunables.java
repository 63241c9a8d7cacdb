package dev.braid.stack.core;

import java.util.List;

/** The tunables of Multipath TCP: the kernel's {@code net.mptcp} names, units and defaults. */
final class MptcpTunables {
    private static final long SECOND = 1_000_000_000L;
    /** What the kernel's seconds in an int can hold when it counts them in milliseconds. */
    private static final long MAX_SECONDS = Integer.MAX_VALUE / 1_000;

    private MptcpTunables() {}

    static List<Setting> all() {
        return List.of(
                flag("net.mptcp.enabled", c -> bit(c.mptcp.enabled), (c, v) -> c.mptcp.enabled = v != 0),
                flag("net.mptcp.checksum_enabled", c -> bit(c.mptcp.checksum), (c, v) -> c.mptcp.checksum = v != 0),
                flag("net.braid.mptcp_liveness", c -> bit(c.mptcp.liveness), (c, v) -> c.mptcp.liveness = v != 0),
                flag("net.braid.mptcp_link_endpoints", c -> bit(c.mptcp.linkEndpoints),
                        (c, v) -> c.mptcp.linkEndpoints = v != 0),
                flag("net.braid.mptcp_liveness", c -> bit(c.mptcp.liveness), (c, v) -> c.mptcp.liveness = v != 0),
                flag("net.mptcp.allow_join_initial_addr_port", c -> bit(c.mptcp.allowJoinInitialAddressPort),
                        (c, v) -> c.mptcp.allowJoinInitialAddressPort = v != 0),
                Tunable.number("net.mptcp.add_addr_timeout", SECOND, 0, MAX_SECONDS, c -> c.mptcp.addAddrTimeoutNs,
                        (c, v) -> c.mptcp.addAddrTimeoutNs = v),
                flag("net.mptcp.add_addr_v6_port_drop_ts", c -> bit(c.mptcp.addAddrV6PortDropTimestamps),
                        (c, v) -> c.mptcp.addAddrV6PortDropTimestamps = v != 0),
                Tunable.number("net.mptcp.close_timeout", SECOND, 0, MAX_SECONDS, c -> c.mptcp.closeTimeoutNs,
                        (c, v) -> c.mptcp.closeTimeoutNs = v),
                Tunable.number("net.mptcp.syn_retrans_before_tcp_fallback", 1, 0, 127,
                        c -> c.mptcp.synRetransBeforeTcpFallback,
                        (c, v) -> c.mptcp.synRetransBeforeTcpFallback = (int) v),
                Tunable.number("net.mptcp.blackhole_timeout", SECOND, 0, MAX_SECONDS, c -> c.mptcp.blackholeTimeoutNs,
                        (c, v) -> c.mptcp.blackholeTimeoutNs = v),
                Tunable.number("net.mptcp.stale_loss_cnt", 1, 0, 127, c -> c.mptcp.staleLossCount,
                        (c, v) -> c.mptcp.staleLossCount = (int) v),
                flag("net.braid.mptcp_link_endpoints", c -> bit(c.mptcp.linkEndpoints),
                        (c, v) -> c.mptcp.linkEndpoints = v != 0),
                new Names("net.mptcp.scheduler", 1, c -> c.mptcp.packetSchedulers.names(), c -> c.mptcp.scheduler,
                        (c, v) -> c.mptcp.scheduler = v),
                new Available("net.mptcp.available_schedulers", c -> c.mptcp.packetSchedulers.names()),
                new Names("net.mptcp.path_manager", Names.MANY, c -> c.mptcp.knownPathManagers.names(),
                        c -> c.mptcp.pathManagers, (c, v) -> c.mptcp.pathManagers = v),
                new Available("net.mptcp.available_path_managers", c -> c.mptcp.knownPathManagers.names()));
    }

    private static Tunable flag(String name, Tunable.Read read, Tunable.Write write) {
        return Tunable.number(name, 1, 0, 1, read, write);
    }

    private static long bit(boolean value) {
        return value ? 1 : 0;
    }

    /** Reads names out of a configuration. */
    @FunctionalInterface
    private interface Known {
        List<String> of(CoreConfig config);
    }

    /**
     * A tunable that chooses among names.
     *
     * @param most how many it holds at the most, at least 1
     * @param known those there are
     */
    private record Names(String name, int most, Known known, Read read, Write write) implements Setting {
        private static final int MANY = 8;

        @Override
        public String text(CoreConfig config) {
            return read.of(config);
        }

        @Override
        public void set(CoreConfig config, String text) {
            requireKnown(config, text);
            write.to(config, String.join(" ", words(text)));
        }

        @Override
        public void requireInRange(CoreConfig config) {
            requireKnown(config, read.of(config));
        }

        private void requireKnown(CoreConfig config, String text) {
            List<String> words = words(text);
            if (words.isEmpty() || words.size() > most || !known.of(config).containsAll(words)) {
                throw new IllegalArgumentException(name + " must be " + (most == 1 ? "one of " : "some of ")
                        + String.join(" ", known.of(config)) + ", not \"" + text + '"');
            }
        }

        private static List<String> words(String text) {
            return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
        }

        /** Reads the choice. */
        @FunctionalInterface
        interface Read {
            String of(CoreConfig config);
        }

        /** Writes it. */
        @FunctionalInterface
        interface Write {
            void to(CoreConfig config, String value);
        }
    }

    /** Those there are; a program adds to them with {@code StackBuilder}. */
    private record Available(String name, Known known) implements Setting {
        @Override
        public String text(CoreConfig config) {
            return String.join(" ", known.of(config));
        }

        @Override
        public void set(CoreConfig config, String text) {
            if (!text.strip().equals(text(config))) {
                throw new IllegalArgumentException(name + " only tells which there are: " + text(config));
            }
        }

        @Override
        public void requireInRange(CoreConfig config) {
            // It is what it is.
        }
    }
}
