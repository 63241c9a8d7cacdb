package dev.braid.fastpath.device;

/** What a device can be left to do, as bits. */
public final class Offloads {
    /** Completes transport checksums on transmit; hands over partial or verified ones on receive. */
    public static final int CHECKSUM = 1;
    /** Cuts TCP super-packets over IPv4 and hands over such packets. */
    public static final int TSO4 = 2;
    /** Cuts TCP super-packets over IPv6 and hands over such packets. */
    public static final int TSO6 = 4;
    /** Does so with CWR on the first packet alone. */
    public static final int TSO_ECN = 8;
    /** Cuts UDP super-packets and hands over such packets. */
    public static final int USO = 16;
    /** Everything a device can be left to do. */
    public static final int ALL = CHECKSUM | TSO4 | TSO6 | TSO_ECN | USO;

    private Offloads() {}
}
