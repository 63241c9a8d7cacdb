package dev.braid.stack.core;

/** What a tunable of any kind can do: be read, be written and be checked. */
interface Setting {
    /** The kernel's sysctl, or one under {@code net.braid}. */
    String name();

    /** The value as people read it. */
    String text(CoreConfig config);

    /**
     * Takes a value in: all of it or nothing.
     *
     * @throws IllegalArgumentException with one line that says what is wrong
     */
    void set(CoreConfig config, String text);

    /** @throws IllegalArgumentException when what the configuration holds is outside its range */
    void requireInRange(CoreConfig config);
}
