package dev.braid.tundriver.tun;

import dev.braid.tundriver.sys.Errno;
import dev.braid.tundriver.sys.LinuxException;
import java.nio.charset.StandardCharsets;

/** Checks the name of a network device as the kernel's {@code dev_valid_name} does, but says what is wrong. */
final class DeviceName {
    /** IFNAMSIZ less the closing zero. */
    private static final int MAX_BYTES = 15;

    private static final String TEMPLATE = "%d";

    private DeviceName() {}

    /** @throws LinuxException when {@code name} cannot be a device's */
    static void check(String name) {
        String wrong = fault(name);
        if (!wrong.isEmpty()) {
            String shown = name.isEmpty() ? "(empty)" : name;
            throw new LinuxException(shown, "device name", Errno.EINVAL, wrong);
        }
    }

    private static String fault(String name) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0) {
            return "a device needs a name, such as tun0";
        }
        if (bytes > MAX_BYTES) {
            return "a device name has at most " + MAX_BYTES + " bytes, this one has " + bytes;
        }
        if (name.equals(".") || name.equals("..")) {
            return "a device cannot have this name; choose one such as tun0";
        }
        String literal = name.replaceFirst(TEMPLATE, "");
        for (int i = 0; i < literal.length(); i++) {
            char c = literal.charAt(i);
            if (c == '/' || c == ':' || c == '%' || Character.isWhitespace(c) || Character.isISOControl(c)) {
                return "a device name cannot contain '" + c + "'";
            }
        }
        return "";
    }
}
