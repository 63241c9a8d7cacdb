/**
 * How a stack's links are bound to the host's network interfaces: what the kernel is to look like, computed from what there is; the
 * difference applied; each setting's old value written down first, so that everything is undone whatever ends the process.
 */
@NullMarked
package dev.braid.tools.bind;

import org.jspecify.annotations.NullMarked;
