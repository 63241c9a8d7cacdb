package dev.braid.tools.kernel.mptcp;

/** Which IP versions the first subflow and a joined one use. */
enum Families {
    V4(false, false),
    V6(true, true),
    V4_THEN_V6(false, true),
    V6_THEN_V4(true, false);

    final boolean first;
    final boolean second;

    Families(boolean first, boolean second) {
        this.first = first;
        this.second = second;
    }

    boolean mixed() {
        return first != second;
    }
}
