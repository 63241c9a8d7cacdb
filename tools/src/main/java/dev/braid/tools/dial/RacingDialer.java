package dev.braid.tools.dial;

import dev.braid.tools.dial.Candidates.Way;
import dev.braid.tools.host.Bypass;
import dev.braid.tools.host.Connected;
import dev.braid.tools.host.Dialer;
import dev.braid.tools.host.GoalChoice;
import dev.braid.tools.host.Goals;
import dev.braid.tools.host.HostLog;
import dev.braid.tools.host.HostLog.Level;
import dev.braid.tools.host.LinkConnector;
import dev.braid.tools.host.LinkUse;
import dev.braid.tools.host.LinkView;
import dev.braid.tools.host.Links;
import dev.braid.tools.host.Names;
import dev.braid.tools.host.Target;
import java.io.IOException;
import java.net.NoRouteToHostException;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Dials for programs: finds the addresses, asks which of them bypass the stack, races the rest over the links, and remembers what it
 * learnt of server and links. Any thread; each call holds a race of its own.
 */
public final class RacingDialer implements Dialer {
    private final Names names;
    private final Links links;
    private final Bypass bypass;
    private final Goals goals;
    private final LinkConnector connector;
    private final HostLog log;
    private final PlainServers servers = new PlainServers();
    private final LinkChooser chooser = new LinkChooser(servers);

    /** A dialler over these parts. */
    public RacingDialer(Names names, Links links, Bypass bypass, Goals goals, LinkConnector connector, HostLog log) {
        this.names = names;
        this.links = links;
        this.bypass = bypass;
        this.goals = goals;
        this.connector = connector;
        this.log = log;
    }

    @Override
    public Connected dial(Target target) throws IOException {
        GoalChoice goal = goals.of(target.host(), target.port());
        List<LinkView> now = links.all();
        List<LinkView> order = chooser.order(now, target, goal.goal(), System.nanoTime());
        String nameReason = bypass.nameReason(target.host());
        var race = new Race(target, goal, order, bypass::reason, connector, links,
                (taken, ipv4) -> chooser.lookAgain(order, taken, ipv4, System.nanoTime()));
        try {
            return connected(target, race.run(names, nameReason), order);
        } catch (NoRouteToHostException e) {
            log.say(Level.DEBUG, "dial: " + target + ": " + describe(now));
            throw e;
        }
    }

    /** A connection, with the reason for its way; notes what the server speaks. */
    private Connected connected(Target target, Race.Winner winner, List<LinkView> order) {
        Way way = winner.way();
        SocketChannel channel = winner.channel();
        LinkView link = way.link();
        if (link == null) {
            return new Connected(channel, -1, "by the kernel: " + winner.bypassReason());
        }
        boolean multipath = connector.isMultipath(channel);
        servers.note(target, link.index(), multipath, System.nanoTime());
        String passedBy = passedBy(link, order);
        if (multipath) {
            return new Connected(channel, link.index(), "Multipath TCP, begun over " + link.nic() + passedBy);
        }
        chooser.beganPlain(link.index(), channel);
        String why = servers.isMultipath(target, System.nanoTime())
                ? "the server speaks Multipath TCP over other links, so something on this way strips it"
                : "the server does not speak Multipath TCP, or something on the way strips it (SYN/ACK without MP_CAPABLE)";
        return new Connected(channel, link.index(), "plain TCP over " + link.nic() + passedBy + ": " + why);
    }

    /** The links that would have come before if connections over them had been answered lately; empty = none. */
    private static String passedBy(LinkView taken, List<LinkView> order) {
        String suspects = order.stream()
                .filter(link -> link.use() == LinkUse.SUSPECT && link.index() != taken.index()
                        && link.role().compareTo(taken.role()) <= 0)
                .map(LinkView::nic)
                .collect(Collectors.joining(" and "));
        return suspects.isEmpty() ? "" : " and not " + suspects + ", where connections stay unanswered";
    }

    /** Whether Multipath TCP is stripped on the link, as far as connections to servers that speak it have shown. */
    public boolean strips(int link) {
        return servers.strips(link, System.nanoTime());
    }

    private static String describe(List<LinkView> links) {
        return links.isEmpty()
                ? "there is no link"
                : links.stream()
                        .map(link -> link.nic() + ": " + link.use().sentence())
                        .collect(Collectors.joining("; "));
    }
}
