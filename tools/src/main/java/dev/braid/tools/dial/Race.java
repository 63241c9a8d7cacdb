package dev.braid.tools.dial;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.tools.dial.Candidates.Way;
import dev.braid.tools.host.GoalChoice;
import dev.braid.tools.host.LinkConnector;
import dev.braid.tools.host.LinkView;
import dev.braid.tools.host.Links;
import dev.braid.tools.host.Names;
import dev.braid.tools.host.Target;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One attempt to connect: tries run beside one another on virtual threads, the first that is answered wins. Used once, by one thread. */
final class Race {
    /** @param bypassReason why it goes past the stack; empty = it does not */
    record Winner(Way way, SocketChannel channel, String bypassReason) {}

    private sealed interface Event {}

    private record Found(List<IpAddress> addresses) implements Event {}

    private record NamesOver(String whyNothing) implements Event {}

    private record Answered(Try attempt) implements Event {}

    private record Failed(Try attempt, IOException why) implements Event {}

    /** Which link under suspicion is to be looked at beside a try over another one. */
    @FunctionalInterface
    interface Suspects {
        /**
         * The one whose turn it is.
         *
         * @param ipv4 the family of the address that is tried
         * @return {@code null} = none
         */
        @Nullable
        LinkView beside(LinkView taken, boolean ipv4);
    }

    /** One way being tried. */
    private static final class Try {
        final Way way;
        final SocketChannel channel;
        final long sinceNs;
        /** It is only to show whether its link answers: a connection that is carried keeps to the order of the links. */
        final boolean look;
        volatile boolean done;

        Try(Way way, SocketChannel channel, long sinceNs, boolean look) {
            this.way = way;
            this.channel = channel;
            this.sinceNs = sinceNs;
            this.look = look;
        }
    }

    private static final long SECOND_NS = 1_000_000_000L;
    private static final long LIMIT_NS = 30 * SECOND_NS;
    /** How long a try that lost is still listened to, so that a link on which nothing is answered becomes known. */
    private static final long JUDGED_NS = SECOND_NS;

    private final Target target;
    private final GoalChoice goal;
    private final Function<IpAddress, String> bypass;
    private final LinkConnector connector;
    private final Links links;
    private final Map<IpAddress, String> reasons = new HashMap<>();
    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final List<Try> running = new ArrayList<>();
    private final List<Try> looks = new ArrayList<>();
    private final Suspects suspects;
    private final Candidates candidates;
    private final Object finishLine = new Object();
    private boolean over;
    private String nameReason = "";
    private String whyNoName = "";
    private @Nullable IOException lastFailure;

    /**
     * A race that has not begun.
     *
     * @param order usable links, the first choice first
     * @param bypass why an address bypasses the stack; empty = it does not
     */
    Race(Target target, GoalChoice goal, List<LinkView> order, Function<IpAddress, String> bypass,
            LinkConnector connector, Links links, Suspects suspects) {
        this.target = target;
        this.goal = goal;
        this.bypass = bypass;
        this.connector = connector;
        this.links = links;
        this.suspects = suspects;
        this.candidates = new Candidates(order, address -> !reason(address).isEmpty());
    }

    /**
     * Runs until one try wins.
     *
     * @param bypassName why all of the name's addresses bypass the stack; empty = they do not
     * @throws IOException as {@link dev.braid.tools.host.Dialer#dial} does
     */
    Winner run(Names names, String bypassName) throws IOException {
        nameReason = bypassName;
        names.lookup(target.host(), new Names.Answers() {
            @Override
            public void found(List<IpAddress> addresses) {
                events.add(new Found(addresses));
            }

            @Override
            public void finished(String whyNothing) {
                events.add(new NamesOver(whyNothing));
            }
        });
        Try winner = null;
        try {
            winner = decide(System.nanoTime() + LIMIT_NS);
            return new Winner(winner.way, winner.channel, reason(winner.way.address()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClosedByInterruptException();
        } finally {
            finish(winner);
        }
    }

    private Try decide(long endNs) throws IOException, InterruptedException {
        while (true) {
            long nowNs = System.nanoTime();
            Way way = candidates.poll(nowNs);
            if (way != null) {
                begin(way, nowNs);
                lookBeside(way, nowNs);
            }
            if (running.isEmpty() && candidates.exhausted()) {
                throw failure();
            }
            long untilNs = Math.min(candidates.nextDeadlineNs(), endNs);
            Event event = events.poll(Math.max(0, untilNs - nowNs), TimeUnit.NANOSECONDS);
            if (event instanceof Answered answered) {
                return answered.attempt();
            } else if (event != null) {
                hear(event, System.nanoTime());
            } else if (System.nanoTime() >= endNs) {
                throw new SocketTimeoutException("nothing answered within " + LIMIT_NS / SECOND_NS + " s");
            }
        }
    }

    private void hear(Event event, long nowNs) {
        switch (event) {
            case Found found -> candidates.found(found.addresses(), nowNs);
            case NamesOver names -> {
                whyNoName = names.whyNothing();
                candidates.finished(nowNs);
            }
            case Failed failed -> {
                running.remove(failed.attempt());
                lastFailure = failed.why();
                candidates.failed(nowNs);
            }
            case Answered _ -> throw new IllegalStateException("a winner is no news");
        }
    }

    private String reason(IpAddress address) {
        return nameReason.isEmpty() ? reasons.computeIfAbsent(address, bypass) : nameReason;
    }

    private void begin(Way way, long nowNs) {
        try {
            running.add(start(way, false, nowNs));
        } catch (IOException e) {
            lastFailure = e;
            candidates.failed(nowNs);
        }
    }

    private void lookBeside(Way way, long nowNs) {
        boolean ipv4 = way.address().isIpv4();
        LinkView suspect = way.link() == null ? null : suspects.beside(way.link(), ipv4);
        if (suspect == null) {
            return;
        }
        try {
            looks.add(start(new Way(way.address(), suspect), true, nowNs));
        } catch (IOException e) {
            // It stays under suspicion.
        }
    }

    private Try start(Way way, boolean look, long nowNs) throws IOException {
        SocketChannel channel = connector.open(way.link(), way.address().isIpv4(), goal);
        var attempt = new Try(way, channel, nowNs, look);
        Thread.ofVirtual().name("dial").start(() -> connect(attempt));
        return attempt;
    }

    private void connect(Try attempt) {
        try {
            InetAddress address = InetAddress.getByAddress(attempt.way.address().toBytes());
            connector.connect(attempt.channel, new InetSocketAddress(address, target.port()));
            attempt.done = true;
            hearLink(attempt, true);
            arrive(attempt);
        } catch (IOException e) {
            attempt.done = true;
            IOException why = classified(e);
            // A refusal is an answer; an ICMP error, or the kernel's own word, is none.
            if (why instanceof ConnectException) {
                hearLink(attempt, true);
            } else if (why instanceof SocketTimeoutException) {
                hearLink(attempt, false);
            }
            close(attempt.channel);
            if (!attempt.look) {
                events.add(new Failed(attempt, why));
            }
        }
    }

    private void arrive(Try attempt) {
        synchronized (finishLine) {
            if (!over && !attempt.look) {
                events.add(new Answered(attempt));
                return;
            }
        }
        close(attempt.channel);
    }

    private void hearLink(Try attempt, boolean answered) {
        LinkView link = attempt.way.link();
        if (link != null) {
            links.heard(link.index(), answered);
        }
    }

    /** The same, as the class that says what it was. */
    private static IOException classified(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        IOException exact;
        if (failure instanceof ConnectException && message.contains("timed out")) {
            exact = new SocketTimeoutException(message);
        } else if (failure instanceof SocketException && message.contains("unreachable")) {
            exact = new NoRouteToHostException(message);
        } else {
            return failure;
        }
        exact.initCause(failure);
        return exact;
    }

    private IOException failure() {
        IOException last = lastFailure;
        if (last != null) {
            return last;
        }
        return whyNoName.isEmpty()
                ? new NoRouteToHostException("no link can be used for it")
                : new UnknownHostException(whyNoName);
    }

    /**
     * Ends the tries that did not win: at once, but those over other links than the winner's, whose silence is to be told, when they had
     * a second.
     */
    private void finish(@Nullable Try winner) {
        synchronized (finishLine) {
            over = true;
        }
        // Answered a moment too late, and not taken any more.
        for (Event event : events) {
            if (event instanceof Answered late && late.attempt() != winner) {
                close(late.attempt().channel);
            }
        }
        var judged = new ArrayList<Try>();
        running.addAll(looks);
        for (Try attempt : running) {
            if (attempt == winner) {
                continue;
            }
            if (winner == null || attempt.way.link() == null || attempt.way.link().equals(winner.way.link())) {
                close(attempt.channel);
            } else {
                judged.add(attempt);
            }
        }
        if (!judged.isEmpty()) {
            Thread.ofVirtual().name("dial-judge").start(() -> judge(judged));
        }
    }

    private void judge(List<Try> silent) {
        for (Try attempt : silent) {
            try {
                TimeUnit.NANOSECONDS.sleep(attempt.sinceNs + JUDGED_NS - System.nanoTime());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (!attempt.done) {
                hearLink(attempt, false);
            }
            close(attempt.channel);
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // There is nothing left to lose.
        }
    }
}
