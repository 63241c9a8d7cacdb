package dev.braid.stack.ip;

import dev.braid.fastpath.wire.Ipv6;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.timer.TimerWheel;
import dev.braid.stack.timer.WheelEntry;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The path MTUs that ICMP has taught (RFC 1191, RFC 8201), by link and destination: bounded in number, never below a floor,
 * never raised but by forgetting. Core's thread only.
 *
 * <p>What is stored here must have been verified: {@link IpPath#lowerMtu} is called by a transport that found its own sequence
 * number quoted. Learning is rare and may allocate; reading costs a compare, see {@link IpPath#mtu}.
 */
public final class PathMtu {
    /** Answered for a destination about which nothing was learned. */
    static final int UNKNOWN = Integer.MAX_VALUE;

    private record Destination(int link, long hi, long lo) {}

    /** @param fragmentable whether routers may cut packets there: a hop's MTU is below what we are willing to use */
    private record Learned(int mtu, boolean fragmentable, long expiresNs) {}

    private final CoreConfig config;
    private final TimerWheel wheel;
    private final WheelEntry expiry = new WheelEntry(this::onDeadline);
    /** In the order in which they were learned, which is the order in which they expire. */
    private final Map<Destination, Learned> learned = new LinkedHashMap<>();

    private int generation;

    /** Knows nothing yet; forgets by this wheel. */
    public PathMtu(CoreConfig config, TimerWheel wheel) {
        this.config = config;
        this.wheel = wheel;
    }

    /** Destinations about which something is known. */
    public int size() {
        return learned.size();
    }

    /** Forgets what is too old to be believed: the next packets find out anew whether larger ones pass (RFC 1191 6.3). */
    private void onDeadline(long nowNs) {
        Iterator<Learned> oldest = learned.values().iterator();
        while (oldest.hasNext()) {
            long expiresNs = oldest.next().expiresNs;
            if (expiresNs > nowNs) {
                wheel.schedule(expiry, expiresNs);
                return;
            }
            oldest.remove();
            generation++;
        }
    }

    /** Changes whenever any answer of {@link #mtu} or {@link #fragmentable} may have changed. */
    int generation() {
        return generation;
    }

    /** The MTU learned for this destination, bytes, or {@link #UNKNOWN}. */
    int mtu(int link, long hi, long lo) {
        Learned known = known(link, hi, lo);
        return known == null ? UNKNOWN : known.mtu;
    }

    /** Whether packets to this destination go without "don't fragment". */
    boolean fragmentable(int link, long hi, long lo) {
        Learned known = known(link, hi, lo);
        return known != null && known.fragmentable;
    }

    /** Replies of no connection ask anew for each packet; while nothing was learned, which is nearly always, at no cost. */
    private @Nullable Learned known(int link, long hi, long lo) {
        return learned.isEmpty() ? null : learned.get(new Destination(link, hi, lo));
    }

    /** As {@link IpPath#lowerMtu}; {@code present} is the path's MTU now. */
    boolean lower(int link, boolean v4, long hi, long lo, int mtu, int present, long nowNs) {
        int floor = v4 ? config.minPmtu : Ipv6.MIN_MTU;
        if (mtu >= present || (!v4 && mtu < floor)) {
            return false;
        }
        var destination = new Destination(link, hi, lo);
        boolean belowFloor = mtu < floor;
        if (belowFloor && present <= floor && fragmentable(link, hi, lo)) {
            return false;
        }
        // Put in again at the end, so that the order stays that of expiry.
        learned.remove(destination);
        Iterator<Learned> oldest = learned.values().iterator();
        while (learned.size() >= config.maxPathMtus) {
            oldest.next();
            oldest.remove();
        }
        learned.put(
                destination,
                new Learned(Math.min(present, Math.max(mtu, floor)), belowFloor, nowNs + config.mtuExpiresNs));
        if (!expiry.isScheduled()) {
            wheel.schedule(expiry, nowNs + config.mtuExpiresNs);
        }
        generation++;
        return true;
    }
}
