package dev.braid.stack.golden;

import java.util.Locale;

/**
 * Runs one cell of the goodput table and shows what its sender saw: {@code MEGABITS RTT_MS LOSS_PERCENT CONTROL [TRACE_EVERY_MS]}.
 * The way from a strange figure to its cause.
 */
public final class LabMain {
    private LabMain() {}

    /** Runs it. */
    public static void main(String[] args) {
        if (args.length < 4) {
            System.err.println("usage: LabMain MEGABITS RTT_MS LOSS_PERCENT CONTROL [TRACE_EVERY_MS]");
            return;
        }
        var path = new Bottleneck(Integer.parseInt(args[0]), Integer.parseInt(args[1]), Double.parseDouble(args[2]));
        Tracer tracer = args.length > 4
                ? new Tracer(System.out, (long) (Double.parseDouble(args[4]) * Lab.MS))
                : Tracer.NONE;
        GoodputCell.Result result = new GoodputCell(path, args[3]).run(tracer);
        System.out.println(String.format(
                Locale.ROOT,
                "%s %s: whole %.4f, settled %.4f, resent %.2f %%, queue %.1f ms, %.1f s, %d segments, %d timeouts",
                path,
                args[3],
                result.whole(),
                result.settled(),
                100 * result.resent(),
                result.queueMs(),
                result.seconds(),
                result.info().segsOut,
                result.info().totalRto));
    }
}
