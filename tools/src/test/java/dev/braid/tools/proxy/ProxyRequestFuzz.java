package dev.braid.tools.proxy;

import dev.braid.testing.fuzz.FuzzInput;
import dev.braid.tools.host.Target;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Any bytes of a client's: a destination that can be dialled and logged, or a refusal in the client's own protocol. */
public final class ProxyRequestFuzz {
    private static final Map<String, String> USERS = Map.of("u", "p");
    private static final int LONGEST_HOST = 253;

    private ProxyRequestFuzz() {}

    /** The input is whether users must log in, a byte, and what the client says. */
    public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
        var input = new FuzzInput(bytes);
        boolean users = input.flag();
        byte[] said = input.rest();
        var client = new SpokenChannel(said);
        // A wrong login is answered late; an interrupted thread does not sleep.
        Thread.currentThread().interrupt();
        try {
            request(client, new Logins(users ? USERS : Map.of(), new ReentrantLock()), said, users);
        } finally {
            Thread.interrupted();
        }
    }

    private static void request(SpokenChannel client, Logins logins, byte[] said, boolean users) throws IOException {
        var input = new ClientInput(client, System.nanoTime() + TimeUnit.MINUTES.toNanos(1));
        Handshake handshake;
        try {
            handshake = FirstByte.choose(input, logins);
        } catch (IOException notSpoken) {
            requireWords(notSpoken);
            return;
        }
        try {
            check(handshake.request(), users);
            checkRest(input.rest(), said);
            handshake.accept();
        } catch (RefusedException refused) {
            requireWords(refused);
            handshake.refuse(refused.refusal());
        } catch (IOException ended) {
            requireWords(ended);
            return;
        }
        checkAnswer(client.told());
    }

    private static void requireWords(IOException refusal) {
        String message = refusal.getMessage();
        if (message == null || message.isBlank() || !message.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            throw new AssertionError("refused without words, or in the client's own", refusal);
        }
    }

    private static void check(Target target, boolean users) {
        String host = target.host();
        if (host.isEmpty() || host.length() > LONGEST_HOST || !host.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new AssertionError("a host that cannot be: " + target);
        }
        if (target.port() < 1 || target.port() > 0xffff) {
            throw new AssertionError("a port that cannot be: " + target);
        }
        if (!target.client().equals(users ? "u" : "")) {
            throw new AssertionError("let in as \"" + target.client() + '"');
        }
    }

    /** What is kept for the server is what stood behind the request. */
    private static void checkRest(ByteBuffer rest, byte[] said) {
        byte[] kept = new byte[rest.remaining()];
        rest.get(kept);
        int end = Math.min(said.length, ClientInput.MAX_REQUEST);
        if (kept.length > end || !Arrays.equals(kept, Arrays.copyOfRange(said, end - kept.length, end))) {
            throw new AssertionError("other bytes are kept than came");
        }
    }

    private static void checkAnswer(byte[] told) {
        boolean socks = told.length > 0 && told[0] == Socks5.VERSION;
        boolean http = new String(told, StandardCharsets.US_ASCII).startsWith("HTTP/1.1 ");
        if (!socks && !http) {
            throw new AssertionError("told in no protocol: " + Arrays.toString(told));
        }
    }
}
