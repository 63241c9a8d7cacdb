package dev.braid.tools.daemon;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.tools.host.Bypass;

/** A bypass that another one takes the place of when the configuration changes. Any thread. */
final class ChangingBypass implements Bypass {
    private volatile Bypass present;

    ChangingBypass(Bypass first) {
        present = first;
    }

    /** Asks this one from now on. */
    void change(Bypass next) {
        present = next;
    }

    @Override
    public String reason(IpAddress remote) {
        return present.reason(remote);
    }

    @Override
    public String nameReason(String host) {
        return present.nameReason(host);
    }
}
