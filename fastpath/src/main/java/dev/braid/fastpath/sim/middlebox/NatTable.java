package dev.braid.fastpath.sim.middlebox;

import dev.braid.fastpath.counters.Counter;
import java.util.HashMap;
import java.util.Map;
import org.agrona.collections.Int2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which inside endpoint has which port outside. Ports are dealt out in order, so that the same packets get the same ports; at
 * most {@value #PORTS} mappings of a protocol exist.
 */
final class NatTable {
    /** First port outside: the lower half is left to servers. */
    static final int FIRST_PORT = 32_768;
    /** How many ports there are. */
    static final int PORTS = 32_768;

    private final long timeoutNs;
    private final Counter present;
    private final Counter forgotten;
    private final Map<Endpoint, Mapping> byInside = new HashMap<>();
    private final Int2ObjectHashMap<Mapping> byOutside = new Int2ObjectHashMap<>();
    private final Endpoint sought = new Endpoint();
    private int nextPort;

    NatTable(long timeoutNs, Counter present, Counter forgotten) {
        this.timeoutNs = timeoutNs;
        this.present = present;
        this.forgotten = forgotten;
    }

    /** The endpoint's mapping, a new one if it has none that is alive; {@code null} when all ports are taken. */
    @Nullable
    Mapping outbound(int protocol, long hi, long lo, int port, long nowNs) {
        Mapping known = byInside.get(sought.become(protocol, hi, lo, port));
        if (known != null && isAlive(known, nowNs)) {
            known.lastNs = nowNs;
            return known;
        }
        if (known != null) {
            forget(known);
        }
        int outside = freePort(protocol, nowNs);
        if (outside < 0) {
            return null;
        }
        Mapping made = new Mapping(protocol, hi, lo, port, outside);
        made.lastNs = nowNs;
        byInside.put(new Endpoint().become(protocol, hi, lo, port), made);
        byOutside.put(key(protocol, outside), made);
        present.increment();
        return made;
    }

    /** Whose port this is; {@code null} when it is nobody's any more. */
    @Nullable
    Mapping inbound(int protocol, int outsidePort, long nowNs) {
        Mapping known = byOutside.get(key(protocol, outsidePort));
        if (known == null) {
            return null;
        }
        if (!isAlive(known, nowNs)) {
            forget(known);
            return null;
        }
        known.lastNs = nowNs;
        return known;
    }

    private boolean isAlive(Mapping mapping, long nowNs) {
        return nowNs - mapping.lastNs < timeoutNs;
    }

    private int freePort(int protocol, long nowNs) {
        for (int i = 0; i < PORTS; i++) {
            int port = FIRST_PORT + nextPort;
            nextPort = (nextPort + 1) % PORTS;
            Mapping owner = byOutside.get(key(protocol, port));
            if (owner != null && !isAlive(owner, nowNs)) {
                forget(owner);
                owner = null;
            }
            if (owner == null) {
                return port;
            }
        }
        return -1;
    }

    private void forget(Mapping mapping) {
        byInside.remove(sought.become(mapping.protocol, mapping.insideHi, mapping.insideLo, mapping.insidePort));
        byOutside.remove(key(mapping.protocol, mapping.outsidePort));
        present.add(-1);
        forgotten.increment();
    }

    private static int key(int protocol, int port) {
        return protocol << 16 | port;
    }

    /** An inside endpoint and its port outside. */
    static final class Mapping {
        final int protocol;
        final long insideHi;
        final long insideLo;
        final int insidePort;
        final int outsidePort;
        long lastNs;

        Mapping(int protocol, long insideHi, long insideLo, int insidePort, int outsidePort) {
            this.protocol = protocol;
            this.insideHi = insideHi;
            this.insideLo = insideLo;
            this.insidePort = insidePort;
            this.outsidePort = outsidePort;
        }
    }

    /** A key that a lookup can reuse: a packet costs no allocation. */
    private static final class Endpoint {
        private int protocol;
        private long hi;
        private long lo;
        private int port;

        Endpoint become(int newProtocol, long newHi, long newLo, int newPort) {
            protocol = newProtocol;
            hi = newHi;
            lo = newLo;
            port = newPort;
            return this;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Endpoint that
                    && protocol == that.protocol
                    && hi == that.hi
                    && lo == that.lo
                    && port == that.port;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(31 * (31 * hi + lo) + key(protocol, port));
        }
    }
}
