package dev.braid.tools.nic;

import dev.braid.stack.LivePaths;
import dev.braid.tundriver.netlink.LinkEvent;
import dev.braid.tundriver.netlink.LinkMonitor;
import dev.braid.tundriver.netlink.MonitorThread;
import java.io.IOException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;

/**
 * Has a stack's links follow the NICs that their traffic leaves by: a TUN stays up when the NIC behind it goes down, loses its carrier
 * or disappears, and the stack would take that for silence. What netlink tells becomes a path event.
 */
public final class NicWatch {
    /** Who is told: {@link LivePaths#changeLink}. */
    @FunctionalInterface
    interface Links {
        void change(String link, boolean up) throws IOException;
    }

    private final Map<String, String> linksByNic;
    private final Links links;
    private final Map<String, Boolean> told = new HashMap<>();

    NicWatch(Map<String, String> linksByNic, Links links) {
        this.linksByNic = Map.copyOf(linksByNic);
        this.links = links;
    }

    /**
     * Starts to watch the NICs of the calling thread's network namespace; what they are now is told first.
     *
     * @param linksByNic the stack's links by the names of the NICs behind them
     * @return ends the watch when it is closed; to be closed before the stack
     */
    public static MonitorThread start(LivePaths paths, Map<String, String> linksByNic) {
        NicWatch watch = new NicWatch(linksByNic, paths::changeLink);
        LinkMonitor monitor = LinkMonitor.open(EnumSet.of(LinkMonitor.Topic.LINKS));
        return MonitorThread.start(monitor, watch::onEvent);
    }

    void onEvent(LinkEvent event) {
        switch (event) {
            case LinkEvent.LinkChanged changed -> tell(changed.link().name(), changed.link().running());
            case LinkEvent.LinkRemoved removed -> tell(removed.link().name(), false);
            default -> {
                // Addresses and routes of NICs are not the stack's.
            }
        }
    }

    private void tell(String nic, boolean up) {
        String link = linksByNic.get(nic);
        if (link == null || Boolean.valueOf(up).equals(told.put(nic, up))) {
            return;
        }
        try {
            links.change(link, up);
        } catch (IOException e) {
            // The stack has ended: nobody is left to be told.
        }
    }
}
