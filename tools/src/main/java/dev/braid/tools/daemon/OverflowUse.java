package dev.braid.tools.daemon;

import dev.braid.stack.mptcp.MptcpInfo;
import dev.braid.stack.mptcp.SubflowInfo;
import dev.braid.tools.host.LinkUse;
import dev.braid.tools.host.LinkView;
import java.util.List;

/**
 * How an overflow link is used, which differs from one connection to another.
 *
 * @param use whether it is used
 * @param why in words; empty = what the use says
 */
record OverflowUse(LinkUse use, String why) {
    /** Of this link, which may be none for overflow, by the connections there are. */
    static OverflowUse of(LinkView link, List<MptcpInfo> connections) {
        long moving = link.use() == LinkUse.WAITING
                ? connections.stream().filter(connection -> carriesFor(link.index(), connection)).count()
                : 0;
        return moving == 0
                ? new OverflowUse(link.use(), "")
                : new OverflowUse(LinkUse.USED, "carries for " + moving
                        + (moving == 1 ? " connection that moves" : " connections that move") + " much");
    }

    private static boolean carriesFor(int link, MptcpInfo connection) {
        return !connection.fallback && connection.subflowInfos.stream()
                .anyMatch(subflow -> subflow.link == link
                        && (subflow.flags & SubflowInfo.FLAG_CONNECTED) != 0
                        && (subflow.flags & SubflowInfo.FLAG_BKUP_LOC) == 0);
    }
}
