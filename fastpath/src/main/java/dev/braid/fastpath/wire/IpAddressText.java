package dev.braid.fastpath.wire;

/** Reads and writes IP addresses as text: RFC 4291 section 2.2 in, RFC 5952 section 4 out. */
final class IpAddressText {
    private static final int GROUPS = 8;
    private static final long INVALID = -1;

    private IpAddressText() {}

    static IpAddress parse(String text) {
        if (text.indexOf(':') < 0) {
            long address = parseIpv4(text, 0);
            if (address == INVALID) {
                throw new IllegalArgumentException("'" + text + "' is not an IP address");
            }
            return IpAddress.ofIpv4((int) address);
        }
        int[] groups = new int[GROUPS];
        if (!parseIpv6(text, groups)) {
            throw new IllegalArgumentException("'" + text + "' is not an IP address");
        }
        return new IpAddress(join(groups, 0), join(groups, 4));
    }

    static String format(long hi, long lo) {
        if (IpAddress.isIpv4(hi, lo)) {
            return formatIpv4((int) lo);
        }
        int runStart = -1;
        int runLength = 1; // RFC 5952 section 4.2.2: a single zero group is not shortened
        for (int i = 0; i < GROUPS;) {
            int end = i;
            while (end < GROUPS && group(hi, lo, end) == 0) {
                end++;
            }
            if (end - i > runLength) {
                runStart = i;
                runLength = end - i;
            }
            i = end + 1;
        }
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < GROUPS; i++) {
            if (i == runStart) {
                text.append("::");
                i += runLength - 1;
                continue;
            }
            if (i > 0 && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(group(hi, lo, i)));
        }
        return text.toString();
    }

    private static String formatIpv4(int address) {
        return (address >>> 24) + "." + (address >>> 16 & 0xff) + "." + (address >>> 8 & 0xff) + "." + (address & 0xff);
    }

    private static boolean parseIpv6(String text, int[] groups) {
        int count = 0;
        int gap = -1;
        int at = 0;
        if (text.startsWith("::")) {
            gap = 0;
            at = 2;
        }
        while (at < text.length()) {
            int end = text.indexOf(':', at);
            if (end < 0) {
                end = text.length();
            }
            if (text.indexOf('.', at) >= 0 && end == text.length()) {
                long address = count <= GROUPS - 2 ? parseIpv4(text, at) : INVALID;
                if (address == INVALID) {
                    return false;
                }
                groups[count++] = (int) (address >>> 16);
                groups[count++] = (int) (address & 0xffff);
                break;
            }
            int group = parseGroup(text, at, end);
            if (group < 0 || count == GROUPS) {
                return false;
            }
            groups[count++] = group;
            at = end + 1;
            if (at == text.length()) {
                return false; // a single colon at the end
            }
            if (at < text.length() && text.charAt(at) == ':') {
                if (gap >= 0) {
                    return false;
                }
                gap = count;
                at++;
            }
        }
        return spread(groups, count, gap);
    }

    /** Moves the groups behind the gap to the end; without a gap all eight must be there, with one fewer. */
    private static boolean spread(int[] groups, int count, int gap) {
        if (gap < 0) {
            return count == GROUPS;
        }
        if (count == GROUPS) {
            return false;
        }
        int tail = count - gap;
        for (int i = 1; i <= tail; i++) {
            groups[GROUPS - i] = groups[count - i];
        }
        for (int i = gap; i < GROUPS - tail; i++) {
            groups[i] = 0;
        }
        return true;
    }

    private static int parseGroup(String text, int from, int to) {
        if (from == to || to - from > 4) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            int digit = c < 128 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private static long parseIpv4(String text, int from) {
        long address = 0;
        int parts = 0;
        int at = from;
        while (true) {
            int start = at;
            int value = 0;
            while (at < text.length() && at - start < 3 && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
                value = 10 * value + text.charAt(at++) - '0';
            }
            boolean leadingZero = at - start > 1 && text.charAt(start) == '0';
            if (at == start || value > 255 || leadingZero) {
                return INVALID;
            }
            address = address << 8 | value;
            parts++;
            if (at == text.length()) {
                return parts == 4 ? address : INVALID;
            }
            if (text.charAt(at++) != '.' || parts == 4) {
                return INVALID;
            }
        }
    }

    private static int group(long hi, long lo, int index) {
        return (int) ((index < 4 ? hi : lo) >>> (48 - 16 * (index & 3))) & 0xffff;
    }

    private static long join(int[] groups, int from) {
        return (long) groups[from] << 48
                | (long) groups[from + 1] << 32
                | (long) groups[from + 2] << 16
                | groups[from + 3];
    }
}
