package dev.braid.stack.ip;

import dev.braid.fastpath.wire.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Local ports of one transport that sockets are bound to. Only socket calls come here, not packets. Core's thread only. */
public final class PortTable {
    private final Map<Integer, List<IpAddress>> reserved = new HashMap<>();

    /** Whether anybody is bound to the port on an address that overlaps this one. */
    public boolean isReserved(long hi, long lo, int port) {
        List<IpAddress> holders = reserved.get(port);
        if (holders == null) {
            return false;
        }
        for (IpAddress holder : holders) {
            if (overlap(holder, new IpAddress(hi, lo))) {
                return true;
            }
        }
        return false;
    }

    /** Keeps the port on the address; false, and nothing changed, when somebody overlaps. */
    public boolean reserve(long hi, long lo, int port) {
        if (isReserved(hi, lo, port)) {
            return false;
        }
        reserved.computeIfAbsent(port, p -> new ArrayList<>(1)).add(new IpAddress(hi, lo));
        return true;
    }

    /** Gives the port on the address up. */
    public void release(long hi, long lo, int port) {
        @Nullable List<IpAddress> holders = reserved.get(port);
        if (holders != null && holders.remove(new IpAddress(hi, lo)) && holders.isEmpty()) {
            reserved.remove(port);
        }
    }

    /** Ports that somebody has. */
    public int size() {
        return reserved.size();
    }

    /** The unspecified address overlaps all of its family; {@code ::} takes both families in. */
    private static boolean overlap(IpAddress one, IpAddress other) {
        return one.equals(other) || covers(one, other) || covers(other, one);
    }

    private static boolean covers(IpAddress any, IpAddress address) {
        boolean unspecified = IpAddress.isUnspecified(any.hi(), any.lo());
        return unspecified && (!any.isIpv4() || address.isIpv4());
    }
}
