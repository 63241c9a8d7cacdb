package dev.braid.tools.emu;

import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.tools.cli.Units;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.TypeConversionException;

/** What can be said of one direction of a link: each is an option, in the words of tc-netem(8) where it has one. */
enum Impairment {
    RATE("rate", "RATE", "How fast bits leave the queue, such as 40mbit. Default: at once, without a queue.",
            (link, text) -> link.rate(Units.rate(text))),
    QUEUE("queue", "BYTES", "Bytes that wait for the rate before the tail is dropped, such as 100kB. Default: 256kB.",
            (link, text) -> link.queue(Units.bytes(text))),
    ECN("ecn", "BYTES|TIME[,drop]",
            "Marks packets that find a longer queue (30kB) or a longer wait (5ms); with drop, loses what cannot be marked.",
            Impairment::marks),
    OVERHEAD("overhead", "BYTES",
            "Counted with every packet by rate and queue. Default: 14, the Ethernet header, as tbf counts.",
            (link, text) -> link.overhead(Units.bytes(text))),
    MTU("mtu", "BYTES", "Packets larger than this are lost in silence. Default: 65535.",
            (link, text) -> link.mtu(Units.bytes(text))),
    DELAY("delay", "TIME", "How long every packet travels one way, such as 20ms.",
            (link, text) -> link.delay(Units.timeNs(text))),
    JITTER("jitter", "TIME", "How much longer, at most, a packet may travel; the order stays.",
            (link, text) -> link.jitter(Units.timeNs(text))),
    LOSS("loss", "PERCENT", "Random loss, such as 1%%.", (link, text) -> link.loss(Units.probability(text))),
    LOSS_AT("loss-at", "N[-M][,…]", "Loses exactly these packets of the direction, counted from 0, such as 10,20-25.",
            (link, text) -> link.lose(indices(text))),
    GEMODEL("gemodel", "P,R[,1-H]",
            "Loss in bursts (Gilbert and Elliott): chance of the bad state, chance of leaving it, loss in it (100%%).",
            Impairment::bursts),
    REORDER("reorder", "PERCENT[,TIME]",
            "So many packets travel TIME longer (default 1ms) and those behind them overtake.", Impairment::reorder),
    DUPLICATE("duplicate", "PERCENT", "So many packets arrive twice.",
            (link, text) -> link.duplicate(Units.probability(text))),
    CORRUPT("corrupt", "PERCENT", "So many packets arrive with one bit flipped.",
            (link, text) -> link.corrupt(Units.probability(text))),
    FLAP("flap", "UP,DOWN", "Works for UP, then loses everything for DOWN, and so on, such as 5s,300ms.",
            Impairment::flap);

    /** Linux's Ethernet header, which tbf and htb count. */
    static final int ETHERNET_HEADER = 14;

    private static final long DEFAULT_LATE_NS = 1_000_000;
    private static final int MAX_INDICES = 1_000_000;

    /** Puts a value into a link's description. */
    @FunctionalInterface
    private interface Change {
        LinkConfig apply(LinkConfig link, String text);
    }

    final String option;
    final String label;
    final String description;
    private final Change change;

    Impairment(String option, String label, String description, Change change) {
        this.option = option;
        this.label = label;
        this.description = description;
        this.change = change;
    }

    /**
     * The link with this impairment.
     *
     * @throws TypeConversionException with a line for the person at the keyboard
     */
    LinkConfig apply(LinkConfig link, String text) {
        return change.apply(link, text);
    }

    private static LinkConfig bursts(LinkConfig link, String text) {
        String[] parts = text.split(",", -1);
        if (parts.length < 2 || parts.length > 3) {
            throw refuse(text, "two or three percentages, such as 0.5%,30% or 0.5%,30%,80%");
        }
        double lossInBad = parts.length == 3 ? Units.probability(parts[2]) : 1;
        return link.bursts(Units.probability(parts[0]), Units.probability(parts[1]), lossInBad);
    }

    private static LinkConfig marks(LinkConfig link, String text) {
        int comma = text.indexOf(',');
        if (comma >= 0 && !text.substring(comma).equals(",drop")) {
            throw refuse(text, "threshold, such as 30kB, 5ms or 30kB,drop");
        }
        String threshold = comma < 0 ? text : text.substring(0, comma);
        LinkConfig marking = threshold.endsWith("s")
                ? link.markAfter(Units.timeNs(threshold))
                : link.markAbove(Units.bytes(threshold));
        return comma < 0 ? marking : marking.dropUnmarkable();
    }

    private static LinkConfig reorder(LinkConfig link, String text) {
        int comma = text.indexOf(',');
        return comma < 0
                ? link.reorder(Units.probability(text), DEFAULT_LATE_NS)
                : link.reorder(Units.probability(text.substring(0, comma)), Units.timeNs(text.substring(comma + 1)));
    }

    private static LinkConfig flap(LinkConfig link, String text) {
        String[] parts = text.split(",", -1);
        if (parts.length != 2) {
            throw refuse(text, "two times, such as 5s,300ms");
        }
        return link.flaps(Units.timeNs(parts[0]), Units.timeNs(parts[1]));
    }

    private static long[] indices(String text) {
        List<Long> chosen = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            String[] ends = part.split("-", -1);
            try {
                long first = Long.parseLong(ends[0]);
                long last = ends.length == 1 ? first : Long.parseLong(ends[1]);
                if (ends.length <= 2 && first >= 0 && first <= last && last - first < MAX_INDICES - chosen.size()) {
                    for (long index = first; index <= last; index++) {
                        chosen.add(index);
                    }
                    continue;
                }
            } catch (NumberFormatException e) {
                // Said below.
            }
            throw refuse(text, "list of packets, such as 10,20-25 (a million at most)");
        }
        return chosen.stream().mapToLong(Long::longValue).toArray();
    }

    private static TypeConversionException refuse(String text, String what) {
        return new TypeConversionException("\"" + text + "\" is no " + what);
    }
}
