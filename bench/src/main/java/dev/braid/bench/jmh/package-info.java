/**
 * Benchmarks of single parts with JMH. What runs for every frame must show 0 bytes under {@code gc.alloc.rate.norm}.
 */
@NullMarked
package dev.braid.bench.jmh;

import org.jspecify.annotations.NullMarked;
