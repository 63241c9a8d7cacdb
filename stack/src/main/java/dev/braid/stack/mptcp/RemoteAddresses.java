package dev.braid.stack.mptcp;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.mptcp.path.RemoteAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The addresses that the peer announced, by identifier: soft state, kept though limits may forbid their use at present (RFC 8684
 * section 3.4.1). At most 256, as identifiers have 8 bits.
 */
final class RemoteAddresses {
    /** What an announcement changes. */
    enum News {
        /** The identifier is new, or its port is another one now. */
        FRESH,
        /** It was known: a retransmission, or the peer wants connections to it tried again. */
        REFRESHED,
        /** "The address MUST be the same as the address previously assigned to this Address ID": it is not. */
        CONFLICT
    }

    private final List<RemoteAddress> known = new ArrayList<>(0);

    News learn(RemoteAddress told) {
        RemoteAddress before = find(told.id());
        if (before == null) {
            known.add(told);
            return News.FRESH;
        }
        if (!before.address().equals(told.address())) {
            return News.CONFLICT;
        }
        if (before.port() == told.port()) {
            return News.REFRESHED;
        }
        known.set(known.indexOf(before), told);
        return News.FRESH;
    }

    /** Forgets the address of this identifier; {@code null} when there was none. */
    @Nullable
    RemoteAddress remove(int id) {
        RemoteAddress found = find(id);
        if (found != null) {
            known.remove(found);
        }
        return found;
    }

    @Nullable
    RemoteAddress find(int id) {
        for (RemoteAddress address : known) {
            if (address.id() == id) {
                return address;
            }
        }
        return null;
    }

    List<RemoteAddress> all() {
        return List.copyOf(known);
    }

    /** Whether a host could be reached there at all: what else is announced is a mistake, or meant to misdirect (section 5). */
    static boolean isReachable(IpAddress address) {
        return !address.isUnspecified() && !address.isMulticast() && !address.isBroadcast() && !address.isLoopback();
    }
}
