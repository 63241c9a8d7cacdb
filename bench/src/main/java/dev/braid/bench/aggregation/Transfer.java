package dev.braid.bench.aggregation;

import dev.braid.bench.bed.Disturbance;
import org.jspecify.annotations.Nullable;

/**
 * One transfer between a client with two links and the kernel.
 *
 * @param braid whether the client is Braid, else the kernel
 * @param down whether the data goes to the client
 * @param mbit payload by the time from connecting until the last byte was read, in Mbit/s; 0 when it failed
 * @param failure why it failed, or {@code null}
 * @param disturbance what else ran, or {@code null}
 */
record Transfer(Cell cell, boolean braid, boolean down, Use use, double mbit, @Nullable String failure,
        @Nullable Disturbance disturbance) {}
