/** The programs a table starts as processes of their own: the kernel-side client and what answers it. */
@NullMarked
package dev.braid.bench.worker;

import org.jspecify.annotations.NullMarked;
