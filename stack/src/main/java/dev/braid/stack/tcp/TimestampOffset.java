package dev.braid.stack.tcp;

import dev.braid.fastpath.flow.SipHash;

/**
 * What a connection adds to the millisecond clock in its timestamps: keyed by its tuple, so that a peer learns neither the
 * uptime nor anything about other connections (RFC 7323 §5.4, §7), while timestamps of one tuple keep rising from one connection
 * to the next, as TIME-WAIT reuse needs (RFC 6191).
 */
public final class TimestampOffset {
    private final SipHash hash;

    /** With the two halves of a secret key, drawn once per stack and used for nothing else. */
    public TimestampOffset(long key0, long key1) {
        this.hash = SipHash.sip24(key0, key1);
    }

    /** The offset for this tuple. */
    public int offset(
            int scope, long localHi, long localLo, int localPort, long remoteHi, long remoteLo, int remotePort) {
        return (int) TupleHash.of(hash, scope, localHi, localLo, localPort, remoteHi, remoteLo, remotePort);
    }
}
