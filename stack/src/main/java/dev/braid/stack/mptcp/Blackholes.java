package dev.braid.stack.mptcp;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where SYNs with MP_CAPABLE vanish while those without are answered: per destination and link, for a firewall on one way to a host
 * says nothing about the other way, nor about other hosts. The memory fades: each further proof doubles the time for which nothing is
 * tried, each such time without one undoes that. Core thread only.
 */
final class Blackholes {
    /** Destinations remembered; the ones that failed longest ago are forgotten first. */
    private static final int LIMIT = 1024;
    private static final int MAX_DOUBLINGS = 6;

    private final MptcpConfig config;
    private final Map<Way, Proof> proofs = new LinkedHashMap<>();

    Blackholes(MptcpConfig config) {
        this.config = config;
    }

    private record Way(int link, long remoteHi, long remoteLo) {}

    /**
     * @param failures how often it was found in a row
     * @param untilNs when MP_CAPABLE may be tried again
     */
    private record Proof(int failures, long untilNs) {}

    /** Whether MP_CAPABLE is not to be tried there now. */
    boolean isKnown(int link, long remoteHi, long remoteLo, long nowNs) {
        Proof proof = proofs.get(new Way(link, remoteHi, remoteLo));
        return proof != null && config.blackholeTimeoutNs > 0 && nowNs < proof.untilNs;
    }

    /** SYNs with MP_CAPABLE were not answered, and one without was. */
    void found(int link, long remoteHi, long remoteLo, long nowNs) {
        if (config.blackholeTimeoutNs == 0) {
            return;
        }
        Way way = new Way(link, remoteHi, remoteLo);
        Proof before = proofs.remove(way);
        int failures = before == null ? 1 : 1 + remembered(before, nowNs);
        int doublings = Math.min(failures - 1, MAX_DOUBLINGS);
        proofs.put(way, new Proof(failures, nowNs + (config.blackholeTimeoutNs << doublings)));
        if (proofs.size() > LIMIT) {
            proofs.remove(proofs.keySet().iterator().next());
        }
    }

    /** MP_CAPABLE was answered. */
    void passed(int link, long remoteHi, long remoteLo) {
        if (!proofs.isEmpty()) {
            proofs.remove(new Way(link, remoteHi, remoteLo));
        }
    }

    private int remembered(Proof proof, long nowNs) {
        long quiet = Math.max(0, nowNs - proof.untilNs) / config.blackholeTimeoutNs;
        return (int) Math.max(0, proof.failures - quiet);
    }
}
