package dev.braid.tundriver.netlink;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import org.jspecify.annotations.Nullable;

/** Writes and reads the messages about addresses: {@code struct ifaddrmsg} and the attributes {@code IFA_…}. */
final class AddressMessages {
    private static final int IFADDRMSG = 8;
    private static final int AF_UNSPEC = 0;

    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_FLAGS = 8;

    private AddressMessages() {}

    static Request list() {
        return new Request(Rtm.RTM_GETADDR, Request.NLM_F_DUMP).u8(AF_UNSPEC, 0, 0, 0).i32(0);
    }

    /** An IPv6 address is added without duplicate-address detection, which would keep it unusable for a second. */
    static Request add(int device, Prefix prefix) {
        Request request = new Request(Rtm.RTM_NEWADDR, Request.NLM_F_CREATE | Request.NLM_F_EXCL);
        fixed(request, device, prefix);
        return prefix.address().isIpv4() ? request : request.attribute32(IFA_FLAGS, LinkAddress.IFA_F_NODAD);
    }

    static Request delete(int device, Prefix prefix) {
        return fixed(new Request(Rtm.RTM_DELADDR, 0), device, prefix);
    }

    private static Request fixed(Request request, int device, Prefix prefix) {
        return request.u8(Family.of(prefix.address()), prefix.length(), 0, 0)
                .i32(device)
                .attribute(IFA_LOCAL, prefix.address())
                .attribute(IFA_ADDRESS, prefix.address());
    }

    /** The address a {@code RTM_NEWADDR} or {@code RTM_DELADDR} is about, or null when it carries none. */
    static @Nullable LinkAddress parse(Reply reply) {
        if (reply.length() < IFADDRMSG) {
            return null;
        }
        Attributes attributes = reply.attributes(IFADDRMSG);
        // On a point-to-point device IFA_ADDRESS is the peer's and IFA_LOCAL ours; IPv6 mostly has IFA_ADDRESS alone.
        IpAddress address = attributes.address(IFA_LOCAL);
        if (address == null) {
            address = attributes.address(IFA_ADDRESS);
        }
        if (address == null || reply.u8(1) > address.bits()) {
            return null;
        }
        return new LinkAddress(
                reply.i32(4), new Prefix(address, reply.u8(1)), attributes.i32(IFA_FLAGS, reply.u8(2)));
    }
}
