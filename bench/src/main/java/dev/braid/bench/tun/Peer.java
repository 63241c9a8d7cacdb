package dev.braid.bench.tun;

import java.util.Locale;

/** What answers the client. */
enum Peer {
    /** Our minimal reader and writer: the limit of anything on a TUN. */
    RAW("raw TUN, just enough TCP: the limit", "raw", ""),
    /** Braid on one thread, its application on another. */
    BRAID("Braid, one thread, application on its own", "braid", "threads=inline prediction=true"),
    /** Braid on three threads, its application on another. */
    STAGED("Braid, three threads, application on its own", "braid", "threads=staged prediction=true"),
    /** Braid with its fast path switched off. */
    SLOWPATH("Braid, one thread, header prediction off", "braid", "threads=inline prediction=false"),
    /** Braid's Multipath TCP with the one path there is, the client a socket of the kernel's Multipath TCP. */
    MPTCP("Braid, one thread, Multipath TCP over one subflow", "braid",
            "threads=inline prediction=true protocol=mptcp"),
    /** The kernel's TCP in another namespace behind a veth. */
    VETH("kernel TCP over veth", "kernel", ""),
    /** The kernel's TCP in another namespace behind two TUNs and a relay. */
    RELAY("kernel TCP through a TUN relay", "kernel", "");

    private final String description;
    private final String role;
    private final String settings;

    Peer(String description, String role, String settings) {
        this.description = description;
        this.role = role;
        this.settings = settings;
    }

    /** What a reader of the table is told. */
    String description() {
        return description;
    }

    /** The worker's role, for one that has a TUN of its own. */
    String role() {
        return role;
    }

    /** What else that worker is told. */
    String settings() {
        return settings;
    }

    /** Whether it is Braid and knows of segments and predictions. */
    boolean isBraid() {
        return role.equals("braid");
    }

    /** Whether the client is to speak Multipath TCP. */
    boolean isMultipath() {
        return this == MPTCP;
    }

    /** Its name in options and reports. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
