/**
 * Multipath TCP under a virtual clock: the real core on one side, a scripted peer on the other, which speaks RFC 8684 from the
 * RFC's own text: its codec, keys and checksums share nothing with those under test.
 */
package dev.braid.stack.script.mptcp;
