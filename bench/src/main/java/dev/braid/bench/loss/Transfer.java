package dev.braid.bench.loss;

import dev.braid.bench.bed.Disturbance;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One transfer.
 *
 * @param control the congestion control of the sender, and of the receiver
 * @param round from 1
 * @param mbit payload by the time from connecting until the last byte was read, in Mbit/s; 0 when it did not come to its end
 * @param sender what the sending end's TCP counted meanwhile, under nstat's names, without what stayed 0
 * @param link what the emulator counted meanwhile, without what stayed 0
 * @param failure why it did not come to its end, or {@code null}
 * @param disturbance what else ran, or {@code null} when nothing to speak of
 */
record Transfer(
        Cell cell,
        String control,
        Pair pair,
        int round,
        double mbit,
        Map<String, Long> sender,
        Map<String, Long> link,
        @Nullable String failure,
        @Nullable Disturbance disturbance) {
    /** One of the sender's counters. */
    long sender(String counter) {
        return sender.getOrDefault(counter, 0L);
    }
}
