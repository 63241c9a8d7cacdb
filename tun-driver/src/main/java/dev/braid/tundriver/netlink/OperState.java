package dev.braid.tundriver.netlink;

/** The operational state of a link, RFC 2863 section 3.1.14, in the kernel's numbering. */
public enum OperState {
    UNKNOWN,
    NOT_PRESENT,
    DOWN,
    LOWER_LAYER_DOWN,
    TESTING,
    DORMANT,
    UP;

    private static final OperState[] BY_NUMBER = values();

    static OperState of(int number) {
        return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : UNKNOWN;
    }
}
