package dev.braid.stack.mptcp;

/**
 * One host's key of a connection and what follows from it (RFC 8684 section 3.1).
 *
 * @param key 64 bits that were exchanged in MP_CAPABLE
 * @param token the most significant 32 bits of the key's SHA-256: names the connection at this host
 * @param idsn the least significant 64 bits: the initial data sequence number, which MP_CAPABLE occupies
 */
record HostKey(long key, int token, long idsn) {
    /** Nothing is known of the peer's key yet. */
    static final HostKey UNKNOWN = new HostKey(0, 0, 0);
}
