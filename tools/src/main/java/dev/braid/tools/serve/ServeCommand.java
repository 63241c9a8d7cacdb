package dev.braid.tools.serve;

import dev.braid.stack.Link;
import dev.braid.stack.Stack;
import dev.braid.tools.cli.PortList;
import dev.braid.tools.cli.UserError;
import dev.braid.tools.running.RunningStack;
import dev.braid.tools.running.StackOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code braid serve}: a stack of its own on TUN devices, with the small services of RFC 862, 863 and 864. */
@Command(name = "serve", description = "Runs a stack on TUN devices that answers pings and offers echo, discard and chargen over TCP.", mixinStandardHelpOptions = true, footer = {
    "",
    "Example:  braid serve --link tun=tun0,address=10.77.0.2/24+fd77::2/64 --echo 7 --discard 9 --chargen 19",
    "It runs until it gets SIGINT or SIGTERM."
})
public final class ServeCommand implements Callable<Integer> {
    @Mixin private StackOptions options = new StackOptions();

    @Option(names = "--echo", paramLabel = "PORT[,PORT]", converter = PortList.Converter.class, description = "Sends back what it gets (RFC 862).") private PortList echo = PortList.NONE;

    @Option(names = "--discard", paramLabel = "PORT[,PORT]", converter = PortList.Converter.class, description = "Throws away what it gets (RFC 863).") private PortList discard = PortList.NONE;

    @Option(names = "--chargen", paramLabel = "PORT[,PORT]", converter = PortList.Converter.class, description = "Sends as fast as the connection takes it (RFC 864).") private PortList chargen = PortList.NONE;

    @Override
    public Integer call() throws IOException, InterruptedException {
        var ports = new ArrayList<Integer>(echo.ports());
        ports.addAll(discard.ports());
        ports.addAll(chargen.ports());
        if (ports.stream().distinct().count() != ports.size()) {
            throw UserError.usage("two services cannot share a port");
        }
        RunningStack running = options.start();
        Stack stack = running.stack();
        var ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> {
            running.close();
            ended.countDown();
            // A signal asked for it, so it is a success; the JVM's own answer would be 128 plus the signal.
            Runtime.getRuntime().halt(0);
        }));
        start(stack, Service.ECHO, echo);
        start(stack, Service.DISCARD, discard);
        start(stack, Service.CHARGEN, chargen);
        System.out.println("braid serve: " + options.links().stream().map(ServeCommand::describe)
                .collect(Collectors.joining("; ")) + describePorts() + ": ready");
        ended.await();
        return 0;
    }

    private static void start(Stack stack, Service service, PortList ports) throws IOException {
        for (int port : ports.ports()) {
            Server.start(stack, service, port);
        }
    }

    private static String describe(Link link) {
        return link.name() + " " + link.addresses().stream().map(Object::toString).collect(Collectors.joining(" "));
    }

    private String describePorts() {
        return describe(Service.ECHO, echo) + describe(Service.DISCARD, discard) + describe(Service.CHARGEN, chargen);
    }

    private static String describe(Service service, PortList ports) {
        return ports.ports().stream().map(port -> ", " + service.label() + " " + port).collect(Collectors.joining());
    }
}
