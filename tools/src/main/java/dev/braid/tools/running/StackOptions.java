package dev.braid.tools.running;

import dev.braid.fastpath.pipeline.Threads;
import dev.braid.stack.Link;
import dev.braid.stack.Stack;
import dev.braid.stack.StackBuilder;
import dev.braid.stack.socket.StreamProtocol;
import dev.braid.tools.cli.LinkOption;
import dev.braid.tools.cli.UserError;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that runs a stack of its own. */
public final class StackOptions {
    @Option(names = "--link", required = true, paramLabel = "tun=NAME,address=ADDRESS/LENGTH[+ADDRESS/LENGTH]", converter = LinkOption.class, description = "A TUN device and the stack's own addresses on it. The device is used if it is there, else made "
            + "and brought up with the prefix's first other address. May be given once for each device.") private List<Link> links = new ArrayList<>();

    @Option(names = "--threads", paramLabel = "inline|staged", defaultValue = "inline", description = "inline: one thread does all. staged: receive, protocol and transmit on threads of their own.") private Threads threads = Threads.INLINE;

    @Option(names = "--protocol", paramLabel = "mptcp|tcp", description = "mptcp: Multipath TCP, and plain TCP with peers that do not speak it. tcp: plain TCP with everybody. "
            + "Unless given, what net.mptcp.enabled says.") private @Nullable StreamProtocol protocol;

    @Option(names = "--sysctl", paramLabel = "NAME=VALUE", description = "A tunable to begin with, as in net.ipv4.tcp_sack=0; braid sysctl -a lists them. May be repeated.") private List<String> tunables = new ArrayList<>();

    /** The links given. */
    public List<Link> links() {
        return links;
    }

    /** Starts the stack; its devices are there when this returns. */
    public RunningStack start() {
        if (threads == Threads.INVOKED) {
            throw UserError
                    .usage("--threads invoked is for programs that drive the stack themselves; use inline or staged");
        }
        if (links.stream().map(Link::name).distinct().count() != links.size()) {
            throw UserError.usage("--link names a device twice");
        }
        var builder = Stack.builder().threads(threads);
        links.forEach(builder::link);
        tunables.forEach(tunable -> apply(builder, tunable));
        if (protocol != null) {
            builder.protocol(protocol);
        }
        return RunningStack.start(builder);
    }

    private static void apply(StackBuilder builder, String tunable) {
        int equals = tunable.indexOf('=');
        if (equals < 0) {
            throw UserError.usage("--sysctl takes NAME=VALUE, not \"" + tunable + '"');
        }
        try {
            builder.tunable(tunable.substring(0, equals), tunable.substring(equals + 1));
        } catch (IllegalArgumentException e) {
            throw UserError.usage("--sysctl: " + e.getMessage());
        }
    }
}
