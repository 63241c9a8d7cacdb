package dev.braid.tools.names;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.Stack;
import dev.braid.tools.config.HostConfig;
import dev.braid.tools.host.Bypass;
import dev.braid.tools.host.LinkView;
import dev.braid.tools.host.Links;
import dev.braid.tools.host.NameTrial;
import dev.braid.tools.host.Names;
import dev.braid.tools.names.DnsReply.Kind;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A stub resolver over the stack's links: addresses as text, the hosts file, then name servers, for both families at once. Names that
 * are not the Internet's ({@code *.local}, those configured) are left to the kernel's host and its own resolver.
 *
 * <p>Any thread; each lookup runs on virtual threads of its own, {@value #MAX_LOOKUPS} at a time, and others wait.
 */
public final class Resolver implements Names, AutoCloseable {
    private static final int MAX_LOOKUPS = 64;
    private static final long SECOND_NS = 1_000_000_000L;
    /** How long a way is given that is asked to find out about it: time for a question that is lost once. */
    private static final long TRIAL_NS = 2 * SECOND_NS;
    /** A name that every server can say something about (RFC 2606 section 3). */
    private static final String NAME_OF_ALL = "example.com";
    private static final String CLOSED = "the resolver is closed";

    private final DnsSockets sockets;
    private final NameSources sources;
    private final Links links;
    private final Bypass bypass;
    private final LongSupplier clock;
    private final Function<String, List<IpAddress>> ownResolver;
    private final LinkJudge judge;
    private final SecureRandom random = new SecureRandom();
    private final NameCache cache = new NameCache();
    private final Semaphore turns = new Semaphore(MAX_LOOKUPS, true);
    private final Set<Thread> lookups = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * As {@link #start}, over other sockets and sources.
     *
     * @param ownResolver what this host's own resolver says of a name; no address = nothing
     */
    Resolver(DnsSockets sockets, NameSources sources, Links links, Bypass bypass,
            Function<String, List<IpAddress>> ownResolver, LongSupplier clock) {
        this.sockets = sockets;
        this.sources = sources;
        this.links = links;
        this.bypass = bypass;
        this.clock = clock;
        this.ownResolver = ownResolver;
        this.judge = new LinkJudge(links, (way, question) -> tryOne(way, question).isEmpty());
    }

    /**
     * A resolver over a stack's links, with this host's files. To be closed before the stack.
     *
     * @param config says which servers, if not resolv.conf's
     * @param bypass which names are not looked up this way, and which servers are not asked by the stack
     */
    public static Resolver start(Stack stack, HostConfig config, Links links, Bypass bypass) {
        var sources = new NameSources(NameSources.ETC, NameSources.SYSTEMD, System::nanoTime);
        var resolver = new Resolver(new StackDnsSockets(stack), sources, links, bypass, Resolver::askHost,
                System::nanoTime);
        resolver.reconfigure(config);
        return resolver;
    }

    /** Goes by another configuration from now on. */
    public void reconfigure(HostConfig config) {
        sources.configure(config.dns().servers());
        cache.clear();
    }

    /** The servers that are asked now, in their order. */
    public List<InetSocketAddress> servers() {
        return sources.resolvConf().servers().stream().map(DnsServer::socketAddress).toList();
    }

    @Override
    public void lookup(String name, Answers answers) {
        var serial = new OneAtATime(answers);
        Thread thread = Thread.ofVirtual().name("name-lookup").unstarted(() -> run(name, serial));
        lookups.add(thread);
        if (closed) {
            lookups.remove(thread);
            serial.finished(CLOSED);
            return;
        }
        thread.start();
    }

    private void run(String name, OneAtATime answers) {
        String why;
        try {
            turns.acquire();
            try {
                why = resolve(name, answers);
            } finally {
                turns.release();
            }
        } catch (IllegalArgumentException e) {
            why = String.valueOf(e.getMessage());
        } catch (InterruptedException e) {
            why = CLOSED;
        } catch (RuntimeException e) {
            why = "looking up failed: " + e;
        } finally {
            lookups.remove(Thread.currentThread());
        }
        answers.finished(answers.foundAny() ? "" : why);
    }

    /** Finds what there is and tells; answers why there is nothing, if so. */
    private String resolve(String name, OneAtATime answers) throws InterruptedException {
        IpAddress literal = literal(name);
        if (literal != null) {
            answers.found(List.of(literal));
            return "";
        }
        String canonical = DnsName.canonical(name);
        List<IpAddress> listed = sources.hosts().lookup(canonical);
        if (!listed.isEmpty()) {
            answers.foundBoth(listed);
            return "";
        }
        // Multicast names (RFC 6762), and what is configured: this host and its own resolver know better.
        if (canonical.endsWith(".local") || !bypass.nameReason(canonical).isEmpty()) {
            answers.foundBoth(ownResolver.apply(canonical));
            return "this host's own resolver does not know " + canonical;
        }
        ResolvConf conf = sources.resolvConf();
        List<Way> ways = Way.all(conf.servers(), links.all(), bypass);
        String why = "no name server is configured";
        for (String candidate : ways.isEmpty() ? List.<String>of() : candidates(name, canonical, conf)) {
            why = askServers(candidate, ways, answers);
            if (answers.foundAny()) {
                return "";
            }
        }
        return why;
    }

    private static @Nullable IpAddress literal(String name) {
        // Names of letters alone, and those with a last dot, are no addresses.
        boolean possible = name.indexOf(':') >= 0 || (!name.isEmpty() && Character.digit(name.charAt(0), 10) >= 0);
        if (!possible) {
            return null;
        }
        try {
            return IpAddress.parse(name);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** A name without a dot is looked for in the search list's domains first. */
    private static List<String> candidates(String text, String canonical, ResolvConf conf) {
        if (text.endsWith(".") || canonical.indexOf('.') >= 0) {
            return List.of(canonical);
        }
        return Stream.concat(conf.search().stream().map(domain -> canonical + '.' + domain), Stream.of(canonical))
                .filter(name -> name.length() + 2 <= DnsName.MAX_WIRE)
                .toList();
    }

    private static List<IpAddress> askHost(String name) {
        try {
            return Stream.of(InetAddress.getAllByName(name)).map(found -> IpAddress.ofBytes(found.getAddress()))
                    .toList();
        } catch (UnknownHostException e) {
            return List.of();
        }
    }

    /** Asks for both families at once; answers why there is nothing, which the two hardly ever differ in. */
    private String askServers(String name, List<Way> ways, OneAtATime answers) throws InterruptedException {
        Thread other = Thread.ofVirtual().name("name-lookup-6").start(
                () -> {
                    try {
                        ask(new DnsQuestion(name, false), ways, answers);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt(); // and ends: nobody waits for it any more
                    }
                });
        try {
            String why = ask(new DnsQuestion(name, true), ways, answers);
            other.join();
            return why;
        } finally {
            other.interrupt();
        }
    }

    /** Answers why there is nothing; empty when there is something, of which was told. */
    private String ask(DnsQuestion question, List<Way> ways, OneAtATime answers) throws InterruptedException {
        DnsReply reply = cache.lookup(question, clock.getAsLong());
        if (reply == null) {
            Query.Result result = query(question, ways, Query.LIMIT_NS);
            reply = result.reply();
            Way way = result.way();
            if (way != null) {
                cache.keep(question, reply, clock.getAsLong());
                judge.hear(question, way, result.silent());
            }
        }
        if (reply.kind() == Kind.FOUND) {
            answers.found(reply.addresses());
            return "";
        }
        return reply.kind() == Kind.NOTHING ? "there is no such name: " + question.name() : reply.why();
    }

    private Query.Result query(DnsQuestion question, List<Way> ways, long limitNs) throws InterruptedException {
        return new Query(ways, way -> new Exchange(sockets, way, question, random), clock, limitNs).run();
    }

    /** Why a way brings no answer; empty = it does. */
    private String tryOne(Way way, DnsQuestion question) {
        try {
            Query.Result result = query(question, List.of(way), TRIAL_NS);
            if (result.way() != null) {
                return "";
            }
            return result.silent().isEmpty() ? result.reply().why() : "no answer within " + TRIAL_NS / SECOND_NS + " s";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return CLOSED;
        }
    }

    @Override
    public List<NameTrial> trials(String name) {
        boolean isName = !name.isEmpty() && literal(name) == null;
        var question = new DnsQuestion(isName ? DnsName.canonical(name) : NAME_OF_ALL, true);
        List<Way> ways = Way.all(sources.resolvConf().servers(), links.all(), bypass);
        var trials = new NameTrial[ways.size()];
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < trials.length; i++) {
            int at = i;
            threads.add(Thread.ofVirtual().name("name-trial").start(() -> trials[at] = trial(ways.get(at), question)));
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
        return List.of(trials);
    }

    private NameTrial trial(Way way, DnsQuestion question) {
        long beganNs = clock.getAsLong();
        String failure = tryOne(way, question);
        LinkView link = way.link();
        return new NameTrial(way.server().toString(), link == null ? "" : link.nic(), failure,
                clock.getAsLong() - beganNs);
    }

    /** Ends every lookup under way, which then answer that nothing was found. */
    @Override
    public void close() {
        closed = true;
        lookups.forEach(Thread::interrupt);
    }
}
