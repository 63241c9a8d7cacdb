package dev.braid.stack.tcp;

import dev.braid.fastpath.flow.SipHash;

/**
 * Initial sequence numbers {@code ISN = M + F(tuple, key)}: a 4 µs clock plus a keyed hash (RFC 6528 §3), so that those of one
 * tuple rise and those of another cannot be guessed. Addresses are 128-bit, IPv4 mapped.
 */
public final class IsnGenerator {
    private static final long TICK_NS = 4_000;

    private final SipHash hash;

    /** With the two halves of a secret key, drawn once per stack. */
    public IsnGenerator(long key0, long key1) {
        this.hash = SipHash.sip24(key0, key1);
    }

    /** The initial sequence number for a connection of this tuple begun now. */
    public int isn(
            int scope,
            long localHi,
            long localLo,
            int localPort,
            long remoteHi,
            long remoteLo,
            int remotePort,
            long nowNs) {
        long keyed = TupleHash.of(hash, scope, localHi, localLo, localPort, remoteHi, remoteLo, remotePort);
        return (int) (nowNs / TICK_NS + keyed);
    }
}
