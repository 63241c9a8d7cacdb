package dev.braid.stack.script;

import dev.braid.fastpath.wire.IpAddress;

/** What every script runs under: both families, and the fast path for expected segments on and off. */
public enum Variant {
    V4("10.77.0.2", "10.77.0.1", true),
    V6("fd77::2", "fd77::1", true),
    V4_WITHOUT_PREDICTION("10.77.0.2", "10.77.0.1", false);

    /** The address of the host under test. */
    public final IpAddress host;
    /** The address of its peer. */
    public final IpAddress peer;
    /** Whether header prediction is on. */
    public final boolean prediction;

    Variant(String host, String peer, boolean prediction) {
        this.host = IpAddress.parse(host);
        this.peer = IpAddress.parse(peer);
        this.prediction = prediction;
    }

    /** Bytes of the IP header. */
    public int ipHeader() {
        return host.isIpv4() ? 20 : 40;
    }

    /** The MSS announced on a link of 1,500 bytes. */
    public int linkMss() {
        return 1500 - ipHeader() - 20;
    }
}
