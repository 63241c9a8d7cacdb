/**
 * Sockets for programs in the same process: java.nio channels whose threads never touch the core. They fill and empty rings,
 * park when those are full or empty, and ring the core's doorbell only when it has to know.
 */
@NullMarked
package dev.braid.stack.nio;

import org.jspecify.annotations.NullMarked;
