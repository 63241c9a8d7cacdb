package dev.braid.tools.doctor;

import java.util.function.Consumer;

/** One thing to look at. */
@FunctionalInterface
interface Check {
    /** Tells what it finds; what it throws becomes a finding that it could not look. */
    void examine(DoctorFacts facts, Consumer<Finding> found);
}
