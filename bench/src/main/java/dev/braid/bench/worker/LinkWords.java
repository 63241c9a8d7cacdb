package dev.braid.bench.worker;

import dev.braid.fastpath.sim.LinkConfig;

/**
 * What a link does, in the words of a {@link Message}: {@code mbit}, {@code queue} (bytes), {@code delay_us} (one way), and of
 * packets with payload on their way forth {@code jitter_us}, {@code loss}, {@code burst} with {@code recover},
 * {@code reorder} with {@code reorder_us}, and {@code duplicate}, all of them probabilities; {@code back_mbit} where the way
 * back is slower.
 */
final class LinkWords {
    private static final int ETHERNET_HEADER = 14;
    /** ACKs are never dropped for want of a queue: 256 KiB hold five thousand of them. */
    private static final int BACK_QUEUE = 256 << 10;

    private LinkWords() {}

    /** The way of the data. */
    static LinkConfig forth(Message words) {
        return LinkConfig.PERFECT.onlyPayload()
                .overhead(ETHERNET_HEADER)
                .rate(bits(words.real("mbit")))
                .queue((int) words.number("queue"))
                .delay(words.number("delay_us") * 1000)
                .jitter(Math.round(real(words, "jitter_us", 0) * 1000))
                .loss(real(words, "loss", 0))
                .bursts(real(words, "burst", 0), real(words, "recover", 1), 1)
                .reorder(real(words, "reorder", 0), Math.round(real(words, "reorder_us", 0) * 1000))
                .duplicate(real(words, "duplicate", 0));
    }

    /** The way of the ACKs: nothing but rate and delay. */
    static LinkConfig back(Message words) {
        return LinkConfig.PERFECT.overhead(ETHERNET_HEADER)
                .rate(bits(real(words, "back_mbit", words.real("mbit"))))
                .queue(BACK_QUEUE)
                .delay(words.number("delay_us") * 1000);
    }

    private static double real(Message words, String key, double otherwise) {
        return words.values().containsKey(key) ? words.real(key) : otherwise;
    }

    private static long bits(double mbit) {
        return Math.round(mbit * 1e6);
    }
}
