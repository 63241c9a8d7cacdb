package dev.braid.stack.core;

/** Hears of defects of the stack itself: exceptions that an input, a deadline or a flush ended in. */
@FunctionalInterface
public interface DefectHook {
    /**
     * Called on the core's thread, once for each; the core has counted it as {@code DropInternalError} and goes on.
     *
     * @param during what was going on, for example {@code a frame's arrival}
     */
    void onDefect(String during, RuntimeException defect);
}
