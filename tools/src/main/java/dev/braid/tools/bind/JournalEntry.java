package dev.braid.tools.bind;

/**
 * A kernel setting that is about to be changed.
 *
 * @param sysctl its path below {@code /proc/sys}
 * @param was what it read before
 * @param now what it is set to
 * @param device the kernel's number of the interface it belongs to, which keeps it when the interface is renamed
 * @param router whether the host forwarded this family for everybody at that time
 */
record JournalEntry(String sysctl, String was, String now, int device, boolean router) {
    /**
     * Whether somebody has made the host a router since: then this interface would forward without us, and is to go on doing so.
     */
    boolean becameRouter(KernelHost host) {
        return !router && "1".equals(host.setting(Settings.router(Settings.isV4(sysctl))));
    }
}
