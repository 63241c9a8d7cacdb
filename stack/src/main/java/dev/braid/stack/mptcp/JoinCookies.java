package dev.braid.stack.mptcp;

import dev.braid.fastpath.flow.SipHash;
import dev.braid.stack.tcp.TcpSegment;
import org.jspecify.annotations.Nullable;

/**
 * Joins that were answered with a SYN cookie. The third ACK says neither token nor nonce again, and a cookie cannot hold them: so they
 * are kept, in a table of fixed size where a newer join may take an older one's place. That costs a flood nothing but its own. Core
 * thread only.
 */
final class JoinCookies {
    private static final int SLOTS = 1024;

    /**
     * What a third ACK is judged by.
     *
     * @param spent it came already: what follows is left over from a subflow that is gone
     */
    record Kept(
            long key, int token, int localNonce, int remoteNonce, int remoteId, boolean backup, boolean spent) {
        Kept spend() {
            return new Kept(key, token, localNonce, remoteNonce, remoteId, backup, true);
        }
    }

    private final SipHash hash;
    private final @Nullable Kept[] slots = new Kept[SLOTS];

    JoinCookies(long key0, long key1) {
        hash = SipHash.sip24(key0, key1);
    }

    /** Keeps a join that is answered with this cookie; the same SYN has the same nonce of ours. */
    Kept keep(TcpSegment syn, int iss, int token, int remoteNonce, int remoteId, boolean backup) {
        long key = key(syn, iss);
        int localNonce = (int) hash.begin().add(key).add(remoteNonce).finish();
        Kept kept = new Kept(key, token, localNonce, remoteNonce, remoteId, backup, false);
        slots[slot(key)] = kept;
        return kept;
    }

    /** The join that this third ACK belongs to, which is spent now; {@code null} = it was none, or a newer one took its place. */
    @Nullable
    Kept take(TcpSegment ack) {
        long key = key(ack, ack.ack - 1);
        Kept kept = slots[slot(key)];
        if (kept == null || kept.key != key) {
            return null;
        }
        slots[slot(key)] = kept.spend();
        return kept;
    }

    private static int slot(long key) {
        return (int) key & (SLOTS - 1);
    }

    private long key(TcpSegment from, int iss) {
        return hash.begin()
                .add(from.srcHi)
                .add(from.srcLo)
                .add(from.dstHi)
                .add(from.dstLo)
                .add((long) from.srcPort << 48 | (long) from.dstPort << 32 | (iss & 0xffff_ffffL))
                .add(from.scope)
                .finish();
    }
}
