package dev.braid.tundriver.netlink;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import org.jspecify.annotations.Nullable;

/** Writes and reads the messages about routes: {@code struct rtmsg} and the attributes {@code RTA_…}. */
final class RouteMessages {
    private static final int RTMSG = 12;
    private static final int RTM_F_CLONED = 0x200;
    private static final int RTM_F_FIB_MATCH = 0x2000;
    private static final int RTNH_F_ONLINK = 4;

    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RTA_PRIORITY = 6;
    private static final int RTA_PREFSRC = 7;
    private static final int RTA_METRICS = 8;
    private static final int RTA_TABLE = 15;

    private static final int RTAX_MTU = 2;
    private static final int RTAX_CC_ALGO = 16;

    private static final int RT_SCOPE_UNIVERSE = 0;
    private static final int RT_SCOPE_LINK = 253;
    private static final int RT_SCOPE_HOST = 254;
    private static final int RT_SCOPE_NOWHERE = 255;
    private static final int RT_TABLE_UNSPEC = 0;

    private RouteMessages() {}

    static Request list(int family) {
        Request request = new Request(Rtm.RTM_GETROUTE, Request.NLM_F_DUMP);
        return request.u8(family, 0, 0, 0, 0, 0, 0, 0).i32(0);
    }

    /** Asks which route packets to this address take, and for that route itself, not for what it means to this address. */
    static Request lookup(IpAddress to) {
        Request request = new Request(Rtm.RTM_GETROUTE, 0);
        return request.u8(Family.of(to), to.bits(), 0, 0, 0, 0, 0, 0).i32(RTM_F_FIB_MATCH).attribute(RTA_DST, to);
    }

    static Request add(Route route) {
        return body(new Request(Rtm.RTM_NEWROUTE, Request.NLM_F_CREATE | Request.NLM_F_EXCL), route, scope(route));
    }

    static Request replace(Route route) {
        return body(new Request(Rtm.RTM_NEWROUTE, Request.NLM_F_CREATE | Request.NLM_F_REPLACE), route, scope(route));
    }

    /** A route is found by its parts; scope NOWHERE matches any scope. */
    static Request delete(Route route) {
        return body(new Request(Rtm.RTM_DELROUTE, 0), route, RT_SCOPE_NOWHERE);
    }

    /** What {@code ip route} chooses: directly attached networks have link scope, local addresses host scope. */
    private static int scope(Route route) {
        if (route.type() == Route.RTN_LOCAL) {
            return RT_SCOPE_HOST;
        }
        boolean attached = route.type() == Route.RTN_UNICAST && route.gateway() == null;
        return attached ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
    }

    private static Request body(Request request, Route route, int scope) {
        Prefix to = route.destination();
        int shortTable = route.table() >= 0 && route.table() < 256 ? route.table() : RT_TABLE_UNSPEC;
        request.u8(Family.of(to.address()), to.length(), 0, 0, shortTable, route.protocol(), scope, route.type())
                .i32(route.onlink() ? RTNH_F_ONLINK : 0);
        request.attribute32(RTA_TABLE, route.table());
        if (to.length() > 0) {
            request.attribute(RTA_DST, to.address());
        }
        IpAddress gateway = route.gateway();
        if (gateway != null) {
            request.attribute(RTA_GATEWAY, gateway);
        }
        IpAddress source = route.source();
        if (source != null) {
            request.attribute(RTA_PREFSRC, source);
        }
        if (route.device() != 0) {
            request.attribute32(RTA_OIF, route.device());
        }
        if (route.priority() != 0) {
            request.attribute32(RTA_PRIORITY, route.priority());
        }
        return metrics(request, route);
    }

    private static Request metrics(Request request, Route route) {
        if (route.mtu() == 0 && route.congestionControl().isEmpty()) {
            return request;
        }
        int metrics = request.open(RTA_METRICS);
        if (route.mtu() != 0) {
            request.attribute32(RTAX_MTU, route.mtu());
        }
        if (!route.congestionControl().isEmpty()) {
            request.attribute(RTAX_CC_ALGO, route.congestionControl());
        }
        return request.close(metrics);
    }

    /** The route a {@code RTM_NEWROUTE} or {@code RTM_DELROUTE} is about; null for a cached one or one not for IP. */
    static @Nullable Route parse(Reply reply) {
        if (reply.length() < RTMSG || (reply.i32(8) & RTM_F_CLONED) != 0) {
            return null;
        }
        int family = reply.u8(0);
        if (family != Family.AF_INET && family != Family.AF_INET6) {
            return null;
        }
        Attributes attributes = reply.attributes(RTMSG);
        Attributes metrics = attributes.nested(RTA_METRICS);
        IpAddress to = attributes.address(RTA_DST);
        if (to != null && reply.u8(1) > to.bits()) {
            return null;
        }
        return new Route(
                to == null ? Family.any(family) : new Prefix(to, reply.u8(1)),
                attributes.address(RTA_GATEWAY),
                attributes.i32(RTA_OIF, 0),
                attributes.address(RTA_PREFSRC),
                attributes.i32(RTA_TABLE, reply.u8(4)),
                reply.u8(5),
                attributes.i32(RTA_PRIORITY, 0),
                reply.u8(7),
                metrics.i32(RTAX_MTU, 0),
                metrics.text(RTAX_CC_ALGO),
                (reply.i32(8) & RTNH_F_ONLINK) != 0);
    }
}
