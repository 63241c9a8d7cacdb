package dev.braid.tools.mptcp;

import dev.braid.stack.mptcp.path.Endpoint;
import java.util.LinkedHashMap;
import java.util.Map;

/** The flags of endpoints by their names, in the order in which iproute2 prints them. */
final class EndpointFlags {
    private static final Map<String, Integer> BY_NAME = new LinkedHashMap<>();

    static {
        BY_NAME.put("signal", Endpoint.SIGNAL);
        BY_NAME.put("subflow", Endpoint.SUBFLOW);
        BY_NAME.put("backup", Endpoint.BACKUP);
        BY_NAME.put("fullmesh", Endpoint.FULLMESH);
        BY_NAME.put("implicit", Endpoint.IMPLICIT);
        BY_NAME.put("laminar", Endpoint.LAMINAR);
    }

    private EndpointFlags() {}

    /** All names with their bits. */
    static Map<String, Integer> all() {
        return BY_NAME;
    }

    /** The bit of a flag that users may give; 0 = that is no flag. */
    static int given(String word) {
        return word.equals("implicit") ? 0 : BY_NAME.getOrDefault(word, 0);
    }
}
