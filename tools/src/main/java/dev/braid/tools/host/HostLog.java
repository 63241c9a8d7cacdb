package dev.braid.tools.host;

/** Lines for people: what happened to this host's links and connections. Any thread. */
@FunctionalInterface
public interface HostLog {
    /** One line. */
    void say(Level level, String line);

    /** How much a line matters: syslog's priorities, by which journald files it. */
    enum Level {
        ERROR(3),
        WARNING(4),
        NOTICE(5),
        DEBUG(7);

        private final int priority;

        Level(int priority) {
            this.priority = priority;
        }

        /** Syslog's number. */
        public int priority() {
            return priority;
        }
    }
}
