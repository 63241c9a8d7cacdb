/**
 * Codecs of the Internet's headers over absolute addresses: static methods that read and write fields, and reusable
 * holders for what has variable length. No object per packet, no clock, no I/O.
 */
@NullMarked
package dev.braid.fastpath.wire;

import org.jspecify.annotations.NullMarked;
