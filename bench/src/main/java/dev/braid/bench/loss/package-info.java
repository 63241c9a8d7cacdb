/** {@code braid bench kernel-loss}: Braid beside the kernel's TCP on links that lose, reorder, delay and repeat packets. */
@NullMarked
package dev.braid.bench.loss;

import org.jspecify.annotations.NullMarked;
