package dev.braid.tools.bind;

import java.util.regex.Pattern;

/** Which kernel settings binding touches, as paths below {@code /proc/sys}; no other is ever written. */
final class Settings {
    /** There when single interfaces can forward IPv6. */
    static final String EACH6 = "net/ipv6/conf/default/force_forwarding";

    private static final String ROUTER4 = "net/ipv4/conf/all/forwarding";
    private static final String ROUTER6 = "net/ipv6/conf/all/forwarding";

    private static final Pattern OURS = Pattern
            .compile("net/(ipv4/conf/([^/]{1,15})/forwarding|ipv6/conf/([^/]{1,15})/force_forwarding)");

    private Settings() {}

    /**
     * Whether the host forwards this family for everybody: a router. For IPv4 whoever writes it writes the setting of each interface,
     * too; for IPv6 it counts beside those.
     */
    static String router(boolean v4) {
        return v4 ? ROUTER4 : ROUTER6;
    }

    /** What has a device forward the packets that come in by it. */
    static String forwarding(String device, boolean v4) {
        return v4 ? "net/ipv4/conf/" + device + "/forwarding" : "net/ipv6/conf/" + device + "/force_forwarding";
    }

    /** Whether this is a setting of one interface that binding may have changed. */
    static boolean isOurs(String key) {
        return OURS.matcher(key).matches() && isInterface(device(key));
    }

    /** The interface that one of {@link #isOurs} belongs to. */
    static String device(String key) {
        String[] steps = key.split("/", -1);
        return steps[3];
    }

    /** Whether it is for IPv4. */
    static boolean isV4(String key) {
        return key.startsWith("net/ipv4/");
    }

    /** The same setting of another device, for one that was renamed. */
    static String of(String device, String key) {
        return forwarding(device, isV4(key));
    }

    /** {@code all} and {@code default} are no interfaces, whatever somebody has called a device, and the dots lead elsewhere. */
    static boolean isInterface(String name) {
        return !name.equals("all") && !name.equals("default") && !name.equals(".") && !name.equals("..");
    }
}
