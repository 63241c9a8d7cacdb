package dev.braid.tools.bind;

import dev.braid.fastpath.wire.Prefix;
import dev.braid.tools.host.Role;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A stack that remembers what it is told. */
final class ToldStack implements StackLinks {
    final List<String> told = new CopyOnWriteArrayList<>();
    /** Happens instead of taking notice of a link, once. */
    volatile @Nullable Runnable defect;

    @Override
    public void carried(String tun, boolean carried) {
        Runnable instead = defect;
        if (instead != null) {
            defect = null;
            instead.run();
        }
        told.add(tun + (carried ? " carried" : " gone"));
    }

    @Override
    public void addressesLost(String tun) {
        told.add(tun + " strange");
    }

    @Override
    public void doubted(String tun) {
        told.add(tun + " doubted");
    }

    @Override
    public void address(String tun, Prefix own, boolean usable) {
        told.add(tun + (usable ? " with " : " without ") + (own.address().isIpv4() ? "IPv4" : "IPv6"));
    }

    @Override
    public void role(int link, Role role) {
        told.add(link + " " + role.word());
    }
}
