package dev.braid.tools.names;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.tools.host.Names.Answers;
import java.util.List;

/** Brings answers of several threads to one listener one at a time, and remembers whether there was one. */
final class OneAtATime implements Answers {
    private final Answers to;
    private boolean foundAny;

    OneAtATime(Answers to) {
        this.to = to;
    }

    @Override
    public synchronized void found(List<IpAddress> addresses) {
        foundAny = true;
        to.found(addresses);
    }

    /** Addresses of both families, IPv6 first, each in its order. */
    void foundBoth(List<IpAddress> addresses) {
        for (boolean ipv4 : new boolean[] {false, true}) {
            List<IpAddress> family = addresses.stream().filter(address -> address.isIpv4() == ipv4).toList();
            if (!family.isEmpty()) {
                found(family);
            }
        }
    }

    @Override
    public synchronized void finished(String whyNothing) {
        to.finished(whyNothing);
    }

    synchronized boolean foundAny() {
        return foundAny;
    }
}
