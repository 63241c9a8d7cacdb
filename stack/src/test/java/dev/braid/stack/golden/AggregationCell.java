package dev.braid.stack.golden;

/** One transfer over each of two links and one over both, in one direction, and what came of it. */
record AggregationCell(TwoLinks links, boolean down) {
    /** How long senders write. */
    static final long WRITE_MS = 5_000;

    /**
     * What the runs showed, in Mbit/s of payload.
     *
     * @param first the first link alone
     * @param second the second one alone
     * @param both the two as one
     */
    record Result(double first, double second, double both) {
        /** Both by what each carried alone. */
        double ofSum() {
            return both / (first + second);
        }
    }

    @Override
    public String toString() {
        return links + (down ? " down" : " up");
    }

    Result run(String scheduler, long ms) {
        return new Result(
                transfer(0, false, scheduler, ms), transfer(1, false, scheduler, ms), transfer(0, true, scheduler, ms));
    }

    private double transfer(int link, boolean joins, String scheduler, long ms) {
        try (var lab = new TwoLinkLab(links, down, joins, scheduler)) {
            return lab.move(link, down, ms, new TimedTransfer[1], () -> {}).mbit();
        }
    }
}
