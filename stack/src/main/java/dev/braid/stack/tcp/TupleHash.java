package dev.braid.stack.tcp;

import dev.braid.fastpath.flow.SipHash;

/** The keyed hash of a connection's tuple: what nobody without the key can predict (RFC 6528, RFC 6056). */
final class TupleHash {
    private TupleHash() {}

    static long of(
            SipHash hash,
            int scope,
            long localHi,
            long localLo,
            int localPort,
            long remoteHi,
            long remoteLo,
            int remotePort) {
        return hash.begin()
                .add(localHi)
                .add(localLo)
                .add(remoteHi)
                .add(remoteLo)
                .add(((long) scope << 32) | ((localPort & 0xffffL) << 16) | (remotePort & 0xffffL))
                .finish();
    }
}
