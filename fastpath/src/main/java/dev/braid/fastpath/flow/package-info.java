/** Which flow a packet belongs to: a keyed hash and the table it indexes. */
@NullMarked
package dev.braid.fastpath.flow;

import org.jspecify.annotations.NullMarked;
