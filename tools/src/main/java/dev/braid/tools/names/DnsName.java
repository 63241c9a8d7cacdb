package dev.braid.tools.names;

import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Domain names: what people write, the form in which they are compared, and the form on the wire. Any thread. */
final class DnsName {
    /** RFC 1035 section 2.3.4: a label has at most so many bytes. */
    static final int MAX_LABEL = 63;
    /** RFC 1035 section 2.3.4: a name on the wire, with its lengths, has at most so many bytes. */
    static final int MAX_WIRE = 255;

    private DnsName() {}

    /**
     * The name as it is asked for: ASCII, in lower case, without a last dot. Names of other scripts become what IDNA makes of them
     * (RFC 3490).
     *
     * @throws IllegalArgumentException with one line that quotes what is no name
     */
    static String canonical(String text) {
        String name;
        try {
            name = IDN.toASCII(text, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            throw bad(text, e);
        }
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        // Each label costs its length byte, the root another.
        if (name.isEmpty() || name.length() + 2 > MAX_WIRE) {
            throw bad(text, null);
        }
        for (String label : name.split("\\.", -1)) {
            if (label.isEmpty() || label.length() > MAX_LABEL || !label.chars().allMatch(DnsName::isVisible)) {
                throw bad(text, null);
            }
        }
        return name;
    }

    private static boolean isVisible(int c) {
        return c > ' ' && c < 0x7f;
    }

    private static IllegalArgumentException bad(String text, @Nullable Throwable cause) {
        // What cannot be seen is not repeated: the line may go to a log.
        String shown = text.chars().allMatch(DnsName::isVisible) && text.length() <= MAX_WIRE ? " \"" + text + '"' : "";
        return new IllegalArgumentException("not a domain name" + shown, cause);
    }

    /** The wire form of a canonical name: each label behind its length, the root last (RFC 1035 section 3.1). */
    static byte[] wire(String canonical) {
        byte[] text = canonical.getBytes(StandardCharsets.ISO_8859_1);
        byte[] wire = new byte[text.length + 2];
        int lengthAt = 0;
        for (int i = 0; i <= text.length; i++) {
            if (i == text.length || text[i] == '.') {
                wire[lengthAt] = (byte) (i - lengthAt);
                lengthAt = i + 1;
            } else {
                wire[i + 1] = text[i];
            }
        }
        return wire;
    }
}
