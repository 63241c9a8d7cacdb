package dev.braid.stack.core;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

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
                flag("net.braid.mptcp_link_endpoints", c -> bit(c.mptcp.linkEndpoints),
                        (c, v) -> c.mptcp.linkEndpoints = v != 0),
                flag("net.braid.mptcp_liveness", c -> bit(c.mptcp.liveness), (c, v) -> c.mptcp.liveness = v != 0),
                flag("net.mptcp.allow_join_initial_addr_port", c -> bit(c.mptcp.allowJoinInitialAddressPort),
                        (c, v) -> c.mptcp.allowJoinInitialAddressPort = v != 0),
                Tunable.number("net.mptcp.add_addr_timeout", SECOND, 0, MAX_SECONDS, c -> c.mptcp.addAddrTimeoutNs,
                        (c, v) -> c.mptcp.addAddrTimeoutNs = v),
                Tunable.number("net.mptcp.close_timeout", SECOND, 0, MAX_SECONDS, c -> c.mptcp.closeTimeoutNs,
                        (c, v) -> c.mptcp.closeTimeoutNs = v),
                Tunable.number("net.mptcp.syn_retrans_before_tcp_fallback", 1, 0, 127,
                        c -> c.mptcp.synRetransBeforeTcpFallback,
                        (c, v) -> c.mptcp.synRetransBeforeTcpFallback = (int) v),
                Tunable.number("net.mptcp.blackhole_timeout", SECOND, 0, MAX_SECONDS, c -> c.mptcp.blackholeTimeoutNs,
                        (c, v) -> c.mptcp.blackholeTimeoutNs = v),
                Tunable.number("net.mptcp.stale_loss_cnt", 1, 0, 127, c -> c.mptcp.staleLossCount,
                        (c, v) -> c.mptcp.staleLossCount = (int) v),
                new Names("net.mptcp.scheduler", 1, c -> c.mptcp.scheduler, (c, v) -> c.mptcp.scheduler = v),
                new Names("net.mptcp.path_manager", Names.MANY, c -> c.mptcp.pathManagers,
                        (c, v) -> c.mptcp.pathManagers = v));
    }

    private static Tunable flag(String name, Tunable.Read read, Tunable.Write write) {
        return Tunable.number(name, 1, 0, 1, read, write);
    }

    private static long bit(boolean value) {
        return value ? 1 : 0;
    }

    /**
     * A tunable that holds names.
     *
     * @param most how many it holds at the most, at least 1
     */
    private record Names(String name, int most, Read read, Write write) implements Setting {
        private static final int MANY = 8;
        /** What the kernel's buffers for such names hold. */
        private static final Pattern WORD = Pattern.compile("[!-~]{1,15}");

        @Override
        public String text(CoreConfig config) {
            return read.of(config);
        }

        @Override
        public void set(CoreConfig config, String text) {
            requireNames(text);
            write.to(config, String.join(" ", text.strip().split("\\s+")));
        }

        @Override
        public void requireInRange(CoreConfig config) {
            requireNames(read.of(config));
        }

        private void requireNames(String text) {
            String[] words = text.strip().split("\\s+");
            boolean named = words.length <= most;
            for (String word : words) {
                named &= WORD.matcher(word).matches();
            }
            if (!named) {
                throw new IllegalArgumentException(String.format(Locale.ROOT,
                        "%s takes %s of 1 to 15 visible characters, not \"%s\"", name,
                        most == 1 ? "one name" : "up to " + most + " names", text));
            }
        }

        /** Reads the names out of a configuration. */
        @FunctionalInterface
        interface Read {
            String of(CoreConfig config);
        }

        /** Writes them. */
        @FunctionalInterface
        interface Write {
            void to(CoreConfig config, String value);
        }
    }
}
