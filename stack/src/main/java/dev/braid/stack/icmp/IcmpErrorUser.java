package dev.braid.stack.icmp;

/** A transport that can tell whether an ICMP error about one of its packets is to be believed. */
@FunctionalInterface
public interface IcmpErrorUser {
    /**
     * Hears of an ICMP error that quotes a packet of this transport. Its lengths have been checked, nothing else: it is for the
     * transport to find the connection and to see whether what is quoted can be in flight (RFC 5927 section 4.1).
     *
     * @param error valid during the call
     */
    void onIcmpError(IcmpError error, long nowNs);
}
