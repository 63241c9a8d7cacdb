package dev.braid.tools.host;

/** Whether a link is used, and why not. */
public enum LinkUse {
    /** Carries traffic, or would at once. */
    USED(true, "used"),
    /** Usable; waits until no primary or overflow link works. */
    STANDBY(true, "stands by as a backup"),
    /** Usable; waits for a connection that moves much, or for the primary links to fail. */
    WAITING(true, "waits for a connection that moves much"),
    /** Usable, yet connections over it stayed unanswered: tried last, and beside others now and then, until one is answered. */
    SUSPECT(true, "connections over it stay unanswered"),
    /** Switched off by its role. */
    OFF(false, "switched off by its role"),
    /** The NIC is not there. */
    NO_NIC(false, "the network interface is not there"),
    /** The NIC is switched off or has no carrier. */
    NO_CARRIER(false, "the network interface is down or has no carrier"),
    /** The NIC has no address that can be used. */
    NO_ADDRESS(false, "the network interface has no address"),
    /** No default route leaves by the NIC. */
    NO_ROUTE(false, "no default route leaves by the network interface"),
    /** The kernel refused what binding needs; the detail says what. */
    NOT_BOUND(false, "the kernel refused to bind it");

    private final boolean usable;
    private final String sentence;

    LinkUse(boolean usable, String sentence) {
        this.usable = usable;
        this.sentence = sentence;
    }

    /** Whether connections can begin over it. */
    public boolean usable() {
        return usable;
    }

    /** The reason in words. */
    public String sentence() {
        return sentence;
    }
}
