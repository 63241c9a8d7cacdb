package dev.braid.tundriver.netlink;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Writes and reads the messages about links: {@code struct ifinfomsg} and the attributes {@code IFLA_…}. */
final class LinkMessages {
    static final int IFLA_MTU = 4;
    static final int IFLA_TXQLEN = 13;
    static final int IFLA_NET_NS_FD = 28;

    private static final int IFINFOMSG = 16;
    private static final int AF_UNSPEC = 0;

    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_OPERSTATE = 16;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_STATS64 = 23;

    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_INFO_DATA = 2;
    private static final int VETH_INFO_PEER = 1;

    private static final int IFLA_TUN_TYPE = 3;
    private static final int IFLA_TUN_PERSIST = 6;
    private static final int IFLA_TUN_MULTI_QUEUE = 7;
    private static final int IFLA_TUN_NUM_QUEUES = 8;
    private static final int TUN_TYPE_TAP = 2;

    private LinkMessages() {}

    static Request list() {
        return fixed(new Request(Rtm.RTM_GETLINK, Request.NLM_F_DUMP), 0, 0, 0);
    }

    static Request lookup(String name) {
        return fixed(new Request(Rtm.RTM_GETLINK, 0), 0, 0, 0).attribute(IFLA_IFNAME, name);
    }

    static Request lookup(int index) {
        return fixed(new Request(Rtm.RTM_GETLINK, 0), index, 0, 0);
    }

    /** Changes the flags in {@code mask} of a link to those in {@code flags}. */
    static Request flags(int index, int flags, int mask) {
        return fixed(new Request(Rtm.RTM_NEWLINK, 0), index, flags, mask);
    }

    /** Changes one numeric attribute of a link. */
    static Request change(int index, int attribute, int value) {
        return fixed(new Request(Rtm.RTM_NEWLINK, 0), index, 0, 0).attribute32(attribute, value);
    }

    static Request delete(int index) {
        return fixed(new Request(Rtm.RTM_DELLINK, 0), index, 0, 0);
    }

    /** @param peerNamespace a descriptor of the namespace the peer is made in, or −1 for this one */
    static Request createVeth(String name, String peer, int peerNamespace) {
        Request request = new Request(Rtm.RTM_NEWLINK, Request.NLM_F_CREATE | Request.NLM_F_EXCL);
        fixed(request, 0, 0, 0).attribute(IFLA_IFNAME, name);
        int info = request.open(IFLA_LINKINFO);
        request.attribute(IFLA_INFO_KIND, "veth");
        int data = request.open(IFLA_INFO_DATA);
        int peerInfo = request.open(VETH_INFO_PEER);
        fixed(request, 0, 0, 0).attribute(IFLA_IFNAME, peer);
        if (peerNamespace >= 0) {
            request.attribute32(IFLA_NET_NS_FD, peerNamespace);
        }
        return request.close(peerInfo).close(data).close(info);
    }

    private static Request fixed(Request request, int index, int flags, int mask) {
        return request.u8(AF_UNSPEC, 0).u16(0).i32(index).i32(flags).i32(mask);
    }

    /**
     * The link a {@code RTM_NEWLINK} or {@code RTM_DELLINK} is about. Null for messages of these types that do not describe
     * a device: a bridge tells of its ports under its own family, and wireless drivers of events without attributes.
     */
    static @Nullable Link parse(Reply reply) {
        if (reply.length() < IFINFOMSG || reply.u8(0) != AF_UNSPEC) {
            return null;
        }
        Attributes attributes = reply.attributes(IFINFOMSG);
        if (!attributes.has(IFLA_MTU)) {
            return null;
        }
        Attributes info = attributes.nested(IFLA_LINKINFO);
        String kind = info.text(IFLA_INFO_KIND);
        return new Link(
                reply.i32(4),
                attributes.text(IFLA_IFNAME),
                kind,
                reply.i32(8),
                attributes.i32(IFLA_MTU, 0),
                attributes.i32(IFLA_TXQLEN, 0),
                OperState.of(attributes.u8(IFLA_OPERSTATE, 0)),
                kind.equals("tun") ? tun(info.nested(IFLA_INFO_DATA)) : null);
    }

    private static Link.TunAttributes tun(Attributes data) {
        return new Link.TunAttributes(
                data.u8(IFLA_TUN_TYPE, 0) == TUN_TYPE_TAP,
                data.u8(IFLA_TUN_PERSIST, 0) != 0,
                data.u8(IFLA_TUN_MULTI_QUEUE, 0) != 0,
                data.i32(IFLA_TUN_NUM_QUEUES, 0));
    }

    /** The counters in a {@code RTM_NEWLINK}; all zero when it has none. */
    static LinkStatistics statistics(Reply reply) {
        ByteBuffer counters = reply.attributes(IFINFOMSG).bytes(IFLA_STATS64);
        if (counters == null || counters.limit() < 8 * Long.BYTES) {
            return new LinkStatistics(0, 0, 0, 0, 0, 0, 0, 0);
        }
        return new LinkStatistics(
                counters.getLong(0),
                counters.getLong(8),
                counters.getLong(16),
                counters.getLong(24),
                counters.getLong(32),
                counters.getLong(40),
                counters.getLong(48),
                counters.getLong(56));
    }
}
