package dev.braid.tools.proxy;

import dev.braid.tools.cli.UserError;
import java.io.DataInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code braid nc}: standard input and output over the daemon's proxy, such as for the ProxyCommand of ssh. Each direction ends by
 * itself, as in other programs of this name: who has got all may still have something to say.
 */
@Command(name = "nc", description = "Joins standard input and output to a connection that the daemon makes, until both have ended.", mixinStandardHelpOptions = true, footer = {
    "",
    "Example:  ssh -o ProxyCommand='braid nc %h %p' host.example"
})
public final class NcCommand implements Callable<Integer> {
    private static final int MAX_HEAD = 8 << 10;

    @Option(names = "--proxy", paramLabel = "ADDRESS:PORT", defaultValue = "127.0.0.1:1080", description = "Where the daemon's proxy listens (default: ${DEFAULT-VALUE}).") private String proxy = "127.0.0.1:1080";

    @Option(names = "--user", paramLabel = "NAME", description = "The user to log in as; the password is taken from BRAID_PROXY_PASSWORD.") private String user = "";

    @Parameters(index = "0", paramLabel = "HOST") private String host = "";

    @Parameters(index = "1", paramLabel = "PORT") private int port;

    private final InputStream input;
    private final OutputStream output;

    /** As the command line makes it. */
    public NcCommand() {
        this(new FileInputStream(FileDescriptor.in), new FileOutputStream(FileDescriptor.out));
    }

    NcCommand(InputStream input, OutputStream output) {
        this.input = input;
        this.output = output;
    }

    @Override
    public Integer call() throws IOException {
        try (Socket socket = open()) {
            socket.setTcpNoDelay(true);
            ask(socket);
            var sending = new FutureTask<>(() -> sendAll(socket));
            Thread.ofVirtual().name("nc-up").start(sending);
            copy(socket.getInputStream(), output);
            // Whoever reads the output learns that nothing will follow, while the input may go on.
            output.close();
            await(sending);
            return 0;
        }
    }

    private Socket open() throws IOException {
        int colon = proxy.lastIndexOf(':');
        if (colon <= 0 || !proxy.substring(colon + 1).matches("[0-9]{1,5}")) {
            throw UserError.usage("--proxy wants ADDRESS:PORT, not " + proxy);
        }
        String address = proxy.substring(0, colon).replaceAll("^\\[|]$", "");
        var socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(address, Integer.parseInt(proxy.substring(colon + 1))));
            return socket;
        } catch (IOException | IllegalArgumentException e) {
            socket.close();
            throw UserError.failure("no proxy at " + proxy + ": " + e.getMessage() + "; is braid up?");
        }
    }

    /** Asks with CONNECT, whose answer says in words why not. */
    private void ask(Socket socket) throws IOException {
        String authority = host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
        String login = user.isEmpty() ? "" : "Proxy-Authorization: Basic " + credentials() + "\r\n";
        String request = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n" + login + "\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        String head = head(new DataInputStream(socket.getInputStream()));
        String[] words = head.lines().findFirst().orElse("").split(" ", 3);
        if (words.length < 2 || !words[1].equals("200")) {
            throw UserError
                    .failure(authority + ": " + (words.length == 3 ? words[2] : "the proxy does not speak HTTP"));
        }
    }

    private String credentials() {
        String password = System.getenv().getOrDefault("BRAID_PROXY_PASSWORD", "");
        return Base64.getEncoder().encodeToString((user + ':' + password).getBytes(StandardCharsets.UTF_8));
    }

    /** Up to the empty line and no byte further: what follows is the connection's. */
    private static String head(DataInputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.length() < MAX_HEAD && head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        return head.toString();
    }

    private @Nullable Void sendAll(Socket socket) throws IOException {
        copy(input, socket.getOutputStream());
        socket.shutdownOutput();
        return null;
    }

    private static void await(FutureTask<?> sending) throws IOException {
        try {
            sending.get();
        } catch (ExecutionException e) {
            Throwable why = e.getCause();
            throw new IOException("the far end took no more of the input: " + (why == null ? e : why).getMessage(), e);
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    private static void copy(InputStream from, OutputStream to) throws IOException {
        byte[] bytes = new byte[Buffers.BYTES];
        for (int count = from.read(bytes); count >= 0; count = from.read(bytes)) {
            to.write(bytes, 0, count);
            to.flush();
        }
    }
}
