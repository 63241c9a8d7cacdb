package dev.braid.tools.names;

import dev.braid.fastpath.wire.IpAddress;
import java.util.List;

/**
 * What a server answered.
 *
 * @param addresses those found, in the server's order; empty unless {@link Kind#FOUND}
 * @param ttlSeconds for how long that may be believed, 0 or more
 * @param why the server's reason in words when it failed
 */
record DnsReply(Kind kind, List<IpAddress> addresses, long ttlSeconds, String why) {
    /** What an answer amounts to. */
    enum Kind {
        /** There are addresses. */
        FOUND,
        /** There is no such name, or it has no address of this family. */
        NOTHING,
        /** The answer is longer than a datagram: to be asked for by TCP. */
        TRUNCATED,
        /** The server does not understand extensions (RFC 6891 section 7): to be asked without. */
        NOT_UNDERSTOOD,
        /** The server cannot or will not say: another may. */
        FAILED
    }

    static DnsReply of(Kind kind) {
        return new DnsReply(kind, List.of(), 0, "");
    }

    static DnsReply failed(String why) {
        return new DnsReply(Kind.FAILED, List.of(), 0, why);
    }

    /** Whether no other server needs to be asked. */
    boolean isFinal() {
        return kind == Kind.FOUND || kind == Kind.NOTHING;
    }
}
