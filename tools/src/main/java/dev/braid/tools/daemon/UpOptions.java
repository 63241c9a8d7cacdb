package dev.braid.tools.daemon;

import dev.braid.tools.cli.UserError;
import dev.braid.tools.config.ConfigFile;
import dev.braid.tools.config.HostConfig;
import dev.braid.tools.config.HostConfig.LinkConfig;
import dev.braid.tools.host.Goal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the daemon's configuration comes from: a file, and options that have the last word. */
final class UpOptions {
    static final Path USUAL = Path.of("/etc/braid/braid.toml");

    @Option(names = "--config", paramLabel = "FILE", description = "The configuration; unless given, /etc/braid/braid.toml if it is there.") private @Nullable Path file;

    @Option(names = "--link", paramLabel = "nic=NAME[,role=ROLE][,metered=true|false][,mtu=BYTES]", converter = NicOption.class, description = "A network interface to use, in order of preference; may be repeated. Without any, the configuration's, else all with a default route.") private List<LinkConfig> links = new ArrayList<>();

    @Option(names = "--goal", paramLabel = "GOAL", description = "aggregate, latency, redundant or handover.") private @Nullable Goal goal;

    @Option(names = "--listen", paramLabel = "ADDRESS:PORT", converter = ListenOption.class, description = "Where SOCKS5 and HTTP CONNECT are spoken; may be repeated. Else 127.0.0.1:1080 and [::1]:1080.") private List<InetSocketAddress> listen = new ArrayList<>();

    /**
     * Reads the configuration, anew each time.
     *
     * @throws IOException when the file cannot be read or does not fit
     */
    HostConfig read() throws IOException {
        HostConfig read = file != null
                ? ConfigFile.read(file)
                : Files.exists(USUAL) ? ConfigFile.read(USUAL) : ConfigFile.defaults();
        if (links.stream().map(LinkConfig::nic).distinct().count() != links.size()) {
            throw UserError.usage("--link names an interface twice");
        }
        if (links.size() > ConfigFile.MOST_LINKS) {
            throw UserError.usage("--link: at most " + ConfigFile.MOST_LINKS + " links can be bound");
        }
        return read.with(
                links.isEmpty() ? read.links() : List.copyOf(links),
                goal == null ? read.goal() : goal,
                listen.isEmpty() ? read.proxy() : read.proxy().at(List.copyOf(listen)));
    }
}
