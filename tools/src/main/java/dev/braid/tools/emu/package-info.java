/** {@code braid link-emu}: the simulated link between two real devices. */
@NullMarked
package dev.braid.tools.emu;

import org.jspecify.annotations.NullMarked;
