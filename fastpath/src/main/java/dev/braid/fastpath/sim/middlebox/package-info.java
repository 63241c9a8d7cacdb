/**
 * Boxes that meddle with packets on their way: what is known of firewalls, NATs and accelerators in the Internet, one class a
 * habit (Honda et al., "Is it still possible to extend TCP?", IMC 2011; RFC 8684 section 6).
 *
 * <p>Sans-I/O like the links they sit on, and deterministic. A packet whose TCP checksum is wrong passes untouched, so that no
 * box mends what a link has damaged.
 */
@NullMarked
package dev.braid.fastpath.sim.middlebox;

import org.jspecify.annotations.NullMarked;
