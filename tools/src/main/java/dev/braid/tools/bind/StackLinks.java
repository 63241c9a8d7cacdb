package dev.braid.tools.bind;

import dev.braid.fastpath.wire.Prefix;
import dev.braid.tools.host.Role;
import java.io.IOException;

/** The stack's side of its links, told what becomes of the NICs behind them. */
interface StackLinks {
    /** The network behind a link is there or gone. */
    void carried(String tun, boolean carried) throws IOException;

    /** What ran over a link has lost the address that others knew it by. */
    void addressesLost(String tun) throws IOException;

    /** What runs over a link may be known to nobody any more: it is to be asked. */
    void doubted(String tun) throws IOException;

    /** The stack may use this address of its own on a link, or not. */
    void address(String tun, Prefix own, boolean usable) throws IOException;

    /** What a link is wanted for. */
    void role(int link, Role role) throws IOException;
}
