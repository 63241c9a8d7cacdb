package dev.braid.stack.mptcp;

import dev.braid.stack.core.Entropy;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All connections of a core by their local token (RFC 8684 section 3.1). Core thread only. */
final class TokenTable {
    /** How often a key is drawn anew because its token is taken. */
    private static final int DRAWS = 4;

    private final Keys keys;
    private final Entropy entropy;
    private final Map<Integer, MptcpConnection> connections = new HashMap<>();

    TokenTable(Keys keys, Entropy entropy) {
        this.keys = keys;
        this.entropy = entropy;
    }

    /** A key whose token nobody has: "it should generate a new key" if there is a collision; {@code null} after some draws. */
    @Nullable
    HostKey draw() {
        for (int i = 0; i < DRAWS; i++) {
            HostKey drawn = keys.derive(entropy.nextLong());
            if (isFree(drawn)) {
                return drawn;
            }
        }
        return null;
    }

    boolean isFree(HostKey key) {
        return !connections.containsKey(key.token());
    }

    void insert(HostKey key, MptcpConnection connection) {
        if (connections.putIfAbsent(key.token(), connection) != null) {
            throw new IllegalStateException("two connections of one token");
        }
    }

    /** Removes the connection unless the token is another's. */
    void remove(HostKey key, MptcpConnection connection) {
        connections.remove(key.token(), connection);
    }

    @Nullable
    MptcpConnection lookup(int token) {
        return connections.get(token);
    }

    /** Every connection, in no order. */
    Collection<MptcpConnection> all() {
        return connections.values();
    }
}
