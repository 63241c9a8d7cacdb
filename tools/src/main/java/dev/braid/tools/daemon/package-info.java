/** The host daemon: {@code braid up} puts the parts together, {@code status}, {@code link} and {@code down} ask it. */
@NullMarked
package dev.braid.tools.daemon;

import org.jspecify.annotations.NullMarked;
