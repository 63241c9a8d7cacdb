package dev.braid.bench.aggregation;

/** Which of the two links a transfer uses. */
enum Use {
    FIRST("first"),
    SECOND("second"),
    BOTH("both");

    private final String label;

    Use(String label) {
        this.label = label;
    }

    /** Its name in reports. */
    String label() {
        return label;
    }
}
