package dev.braid.bench.loss;

/** Who sends to whom. The kernel meets itself twice, so that its own spread is known. */
enum Pair {
    KERNEL_1("kernel-kernel-1", false, false),
    TO_BRAID("kernel-braid", false, true),
    FROM_BRAID("braid-kernel", true, false),
    KERNEL_2("kernel-kernel-2", false, false);

    private final String label;
    private final boolean braidSends;
    private final boolean braidReceives;

    Pair(String label, boolean braidSends, boolean braidReceives) {
        this.label = label;
        this.braidSends = braidSends;
        this.braidReceives = braidReceives;
    }

    /** Its name in reports. */
    String label() {
        return label;
    }

    boolean braidSends() {
        return braidSends;
    }

    boolean braidReceives() {
        return braidReceives;
    }

    boolean isKernelOnly() {
        return !braidSends && !braidReceives;
    }
}
