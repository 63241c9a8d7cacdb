/** What every table of real devices stands on: workers in processes of their own, a look at what else runs, medians. */
@NullMarked
package dev.braid.bench.bed;

import org.jspecify.annotations.NullMarked;
