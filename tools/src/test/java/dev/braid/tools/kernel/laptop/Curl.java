package dev.braid.tools.kernel.laptop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Runs curl(1) on the laptop. */
final class Curl {
    /** The proxy of the daemon, which looks names up. */
    static final List<String> SOCKS = List.of("--socks5-hostname", "127.0.0.1:1080");

    static final List<String> HTTP_CONNECT = List.of("--proxytunnel", "--proxy", "http://127.0.0.1:1080");

    private static final int LIMIT_S = 60;

    private final LaptopBed bed;
    private final Path folder;
    private final List<String> how;

    /**
     * @param folder for what comes and goes
     * @param how curl's options for the proxy; empty = by the kernel
     */
    Curl(LaptopBed bed, Path folder, List<String> how) {
        this.bed = bed;
        this.folder = folder;
        this.how = how;
    }

    /** Downloads, checks the digest, and answers bytes a second of the transfer alone, without the handshakes. */
    double download(String host, int bytes) throws IOException {
        Path to = folder.resolve("down");
        String said = run("http://" + host + "/" + bytes, "-o", to.toString(), "-w",
                "%{time_total} %{time_starttransfer}");
        assertThat(HexFormat.of().formatHex(WebServer.sha256().digest(Files.readAllBytes(to))))
                .as("digest of what came")
                .isEqualTo(WebServer.digest(bytes));
        return rate(bytes, said.strip());
    }

    /** Uploads, checks the digest that the server found, and answers bytes a second. */
    double upload(String host, int bytes) throws IOException {
        Path from = folder.resolve("up");
        Files.write(from, WebServer.bytes(bytes));
        String said = run("http://" + host + "/", "-T", from.toString(), "-H", "Expect:", "-w",
                "\n%{time_total} %{time_pretransfer}");
        String[] lines = said.strip().split("\n", -1);
        assertThat(lines[0]).as("digest of what arrived").isEqualTo(WebServer.digest(bytes));
        return rate(bytes, lines[1]);
    }

    private static double rate(int bytes, String times) {
        String[] both = times.split(" ", -1);
        return bytes / (Double.parseDouble(both[0]) - Double.parseDouble(both[1]));
    }

    private String run(String url, String... options) {
        var command = new ArrayList<>(List.of("curl", "-sS", "--noproxy", "", "-m", Integer.toString(LIMIT_S)));
        command.addAll(how);
        command.addAll(List.of(options));
        command.add(url);
        return bed.laptop().exec(command.toArray(String[]::new));
    }
}
