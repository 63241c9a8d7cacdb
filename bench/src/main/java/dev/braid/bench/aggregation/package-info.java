/** How much of two links together Multipath TCP gets, beside the kernel's. */
@NullMarked
package dev.braid.bench.aggregation;

import org.jspecify.annotations.NullMarked;
