package dev.braid.tools.bind;

/** Whether a NIC's traffic is paid for by volume. */
@FunctionalInterface
interface Metered {
    boolean isMetered(NicFacts nic);
}
