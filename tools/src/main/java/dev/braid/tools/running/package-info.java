/** A stack of this process, with what other processes of Braid see and ask of it. */
@NullMarked
package dev.braid.tools.running;

import org.jspecify.annotations.NullMarked;
