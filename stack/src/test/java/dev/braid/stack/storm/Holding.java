package dev.braid.stack.storm;

/** What must hold of a storm. */
public final class Holding {
    private Holding() {}

    /** Fails with {@code otherwise} unless it holds. */
    public static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    /** Fails with the first defect that the host's core reported. */
    public static void noDefects(StormHost host) {
        if (!host.defects.isEmpty()) {
            throw new AssertionError("a defect of the core", host.defects.getFirst());
        }
    }
}
