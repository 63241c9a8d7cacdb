package dev.braid.tools.names;

import java.io.IOException;
import java.net.PortUnreachableException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One question until it is answered: the first way at once, the next beside it whenever a second has passed without an answer or one
 * has failed. The first answer that says something counts.
 */
final class Query {
    /** How long each way is given before the next is tried too. */
    static final long PATIENCE_NS = 1_000_000_000L;
    /** How long all of them are given when somebody waits for the answer. */
    static final long LIMIT_NS = 5_000_000_000L;

    private final List<Way> ways;
    private final Function<Way, Exchange> exchanges;
    private final LongSupplier clock;
    private final long limitNs;
    private final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    private final List<Asked> running = new ArrayList<>();
    private int next;
    private String lastFailure = "";

    /** One way that was not answered yet. */
    private record Asked(Exchange exchange, long sinceNs) {}

    /** How one way ended. */
    private record Outcome(Asked asked, DnsReply reply) {}

    /**
     * A question over these ways.
     *
     * @param exchanges makes what asks one way
     * @param clock nanoseconds, as {@link System#nanoTime}
     * @param limitNs how long all of them are given
     */
    Query(List<Way> ways, Function<Way, Exchange> exchanges, LongSupplier clock, long limitNs) {
        this.ways = ways;
        this.exchanges = exchanges;
        this.clock = clock;
        this.limitNs = limitNs;
    }

    /**
     * What came of it.
     *
     * @param way the one that brought a final answer; {@code null} = none did
     * @param silent those that had brought nothing for {@link #PATIENCE_NS} or more
     */
    record Result(DnsReply reply, @Nullable Way way, List<Way> silent) {}

    /** Asks, and waits: for the caller's virtual thread. An interrupt gives up. */
    Result run() throws InterruptedException {
        if (ways.isEmpty()) {
            throw new IllegalStateException("no way to ask");
        }
        long endNs = clock.getAsLong() + limitNs;
        try {
            startNext();
            long patientUntilNs = clock.getAsLong() + PATIENCE_NS;
            while (true) {
                long nowNs = clock.getAsLong();
                Outcome outcome = outcomes.poll(Math.min(patientUntilNs, endNs) - nowNs, TimeUnit.NANOSECONDS);
                if (outcome != null) {
                    Way way = outcome.asked.exchange.way();
                    running.remove(outcome.asked);
                    if (outcome.reply.isFinal()) {
                        return new Result(outcome.reply, way, silent());
                    }
                    lastFailure = outcome.reply.why() + " (" + way + ')';
                    if (!startNext() && running.isEmpty()) {
                        return failed(lastFailure);
                    }
                } else if (clock.getAsLong() - endNs >= 0) {
                    return failed(lastFailure.isEmpty() ? silence() : lastFailure);
                } else {
                    repeatAll();
                    startNext();
                    patientUntilNs += PATIENCE_NS;
                }
            }
        } finally {
            running.forEach(asked -> asked.exchange.close());
        }
    }

    private Result failed(String why) {
        return new Result(DnsReply.failed(why), null, silent());
    }

    private List<Way> silent() {
        long nowNs = clock.getAsLong();
        return running.stream()
                .filter(asked -> nowNs - asked.sinceNs >= PATIENCE_NS)
                .map(asked -> asked.exchange.way())
                .toList();
    }

    private String silence() {
        return "no name server answers within " + limitNs / 1_000_000_000L + " s, tried "
                + String.join(", ", ways.subList(0, next).stream().map(Way::toString).toList());
    }

    /** Tries the next way too; answers false when there is none left. */
    private boolean startNext() {
        if (next == ways.size()) {
            return false;
        }
        var asked = new Asked(exchanges.apply(ways.get(next++)), clock.getAsLong());
        running.add(asked);
        Thread.ofVirtual().name("name-query").start(() -> outcomes.add(new Outcome(asked, ask(asked.exchange))));
        return true;
    }

    private static DnsReply ask(Exchange exchange) {
        try (exchange) {
            return exchange.ask();
        } catch (PortUnreachableException e) {
            return DnsReply.failed("no name server listens there");
        } catch (IOException | RuntimeException e) {
            String why = e.getMessage();
            return DnsReply.failed(why == null ? e.getClass().getSimpleName() : why);
        }
    }

    private void repeatAll() {
        for (Asked asked : running) {
            try {
                asked.exchange.repeat();
            } catch (IOException e) {
                // Whoever waits in it hears the same.
            }
        }
    }
}
