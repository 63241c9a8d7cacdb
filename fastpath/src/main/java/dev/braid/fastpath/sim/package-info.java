/**
 * Simulated links and networks: sans-I/O, seeded, in packets as they are on the wire.
 *
 * <p>A {@link dev.braid.fastpath.sim.SimLink} knows no clock: whoever owns the time offers frames to it and polls it. The same
 * code carries frames under a {@link dev.braid.fastpath.sim.VirtualClock} in a {@link dev.braid.fastpath.sim.SimNetwork} and
 * between two real devices.
 */
package dev.braid.fastpath.sim;
