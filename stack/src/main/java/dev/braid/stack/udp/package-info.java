/** UDP for a host without UDP sockets: what comes is checked, counted and answered with port unreachable. */
@NullMarked
package dev.braid.stack.udp;

import org.jspecify.annotations.NullMarked;
