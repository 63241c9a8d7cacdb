/** The Internet checksum: summing memory, the fields of each protocol, and who is to compute or verify it. */
@NullMarked
package dev.braid.fastpath.checksum;

import org.jspecify.annotations.NullMarked;
