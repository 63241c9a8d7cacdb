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

/**
 * One question until it is answered: the first way at once, the next beside it whenever a second has passed without an answer or one
 * has failed. The first answer that says something counts.
 */
final class Query {
    /** How long each way is given before the next is tried too. */
    static final long PATIENCE_NS = 1_000_000_000L;
    /** How long all of them are given. */
    static final long LIMIT_NS = 5_000_000_000L;

    private final List<Way> ways;
    private final Function<Way, Exchange> exchanges;
    private final LongSupplier clock;
    private final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    private final List<Exchange> running = new ArrayList<>();
    private int next;
    private String lastFailure = "";

    /** How one way ended. */
    private record Outcome(Exchange exchange, DnsReply reply) {}

    /**
     * A question over these ways.
     *
     * @param exchanges makes what asks one way
     * @param clock nanoseconds, as {@link System#nanoTime}
     */
    Query(List<Way> ways, Function<Way, Exchange> exchanges, LongSupplier clock) {
        this.ways = ways;
        this.exchanges = exchanges;
        this.clock = clock;
    }

    /** What came of it, and which way; the way is the first one when none answered. */
    record Result(DnsReply reply, Way way) {}

    /** Asks, and waits: for the caller's virtual thread. An interrupt gives up. */
    Result run() throws InterruptedException {
        if (ways.isEmpty()) {
            throw new IllegalStateException("no way to ask");
        }
        long endNs = clock.getAsLong() + LIMIT_NS;
        try {
            startNext();
            long patientUntilNs = clock.getAsLong() + PATIENCE_NS;
            while (true) {
                long nowNs = clock.getAsLong();
                Outcome outcome = outcomes.poll(Math.min(patientUntilNs, endNs) - nowNs, TimeUnit.NANOSECONDS);
                if (outcome != null) {
                    running.remove(outcome.exchange);
                    if (outcome.reply.isFinal()) {
                        return new Result(outcome.reply, outcome.exchange.way());
                    }
                    lastFailure = outcome.reply.why() + " (" + outcome.exchange.way() + ')';
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
            running.forEach(Exchange::close);
        }
    }

    private Result failed(String why) {
        return new Result(DnsReply.failed(why), ways.getFirst());
    }

    private String silence() {
        return "no name server answers within " + LIMIT_NS / 1_000_000_000L + " s, tried "
                + String.join(", ", ways.subList(0, next).stream().map(Way::toString).toList());
    }

    /** Tries the next way too; answers false when there is none left. */
    private boolean startNext() {
        if (next == ways.size()) {
            return false;
        }
        Exchange exchange = exchanges.apply(ways.get(next++));
        running.add(exchange);
        Thread.ofVirtual().name("name-query").start(() -> outcomes.add(new Outcome(exchange, ask(exchange))));
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
        for (Exchange exchange : running) {
            try {
                exchange.repeat();
            } catch (IOException e) {
                // Whoever waits in it hears the same.
            }
        }
    }
}
