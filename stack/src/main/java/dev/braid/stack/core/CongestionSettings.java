package dev.braid.stack.core;

import java.util.List;

/** The tunables that name congestion controls. */
final class CongestionSettings {
    private CongestionSettings() {}

    static List<Setting> all() {
        return List.of(new Chosen(), new Available());
    }

    /** Which one connections get that choose none. */
    private static final class Chosen implements Setting {
        @Override
        public String name() {
            return "net.ipv4.tcp_congestion_control";
        }

        @Override
        public String text(CoreConfig config) {
            return config.tcp.congestionControl;
        }

        @Override
        public void set(CoreConfig config, String text) {
            String wanted = text.strip();
            requireKnown(config, wanted);
            config.tcp.congestionControl = wanted;
        }

        @Override
        public void requireInRange(CoreConfig config) {
            requireKnown(config, config.tcp.congestionControl);
        }

        private void requireKnown(CoreConfig config, String wanted) {
            if (!config.tcp.congestionControls.has(wanted)) {
                throw new IllegalArgumentException(name() + " must be one of "
                        + String.join(" ", config.tcp.congestionControls.names()) + ", not \"" + wanted + '"');
            }
        }
    }

    /** Those there are; a program adds to them with {@code StackBuilder.congestionControl}. */
    private static final class Available implements Setting {
        @Override
        public String name() {
            return "net.ipv4.tcp_available_congestion_control";
        }

        @Override
        public String text(CoreConfig config) {
            return String.join(" ", config.tcp.congestionControls.names());
        }

        @Override
        public void set(CoreConfig config, String text) {
            if (!text.strip().equals(text(config))) {
                throw new IllegalArgumentException(name() + " only tells which there are: " + text(config));
            }
        }

        @Override
        public void requireInRange(CoreConfig config) {
            // It is what it is.
        }
    }
}
