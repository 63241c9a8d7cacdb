package dev.braid.tools.bind;

import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.LivePaths;
import dev.braid.stack.mptcp.path.Endpoint;
import dev.braid.tools.host.Role;
import java.io.IOException;

/** A running stack's links. */
record LiveStackLinks(LivePaths paths) implements StackLinks {
    @Override
    public void carried(String tun, boolean carried) throws IOException {
        paths.changeLink(tun, carried);
    }

    @Override
    public void addressesLost(String tun) throws IOException {
        paths.addressesLost(tun);
    }

    @Override
    public void doubted(String tun) throws IOException {
        paths.doubt(tun);
    }

    @Override
    public void address(String tun, Prefix own, boolean usable) throws IOException {
        if (usable) {
            paths.addAddress(tun, own);
        } else {
            paths.removeAddress(tun, own);
        }
    }

    @Override
    public void role(int link, Role role) throws IOException {
        paths.changeRole(link, switch (role) {
            case PRIMARY -> 0;
            case OVERFLOW -> Endpoint.BACKUP | Endpoint.OVERFLOW;
            case BACKUP, OFF -> Endpoint.BACKUP;
        });
    }
}
