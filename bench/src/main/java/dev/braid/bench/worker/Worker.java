package dev.braid.bench.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * A worker process: plays one role, says {@code ready} once it does, and then answers each order on standard input by one line
 * on standard output that begins with {@value #ANSWER}. It ends with its input, so it never outlives the table.
 */
public final class Worker {
    /** What an answer's line begins with; other lines are complaints. */
    public static final String ANSWER = "= ";

    private Worker() {}

    /** What a worker plays. */
    interface Role extends AutoCloseable {
        /** Carries out one order and answers. */
        Message order(Message order) throws IOException;

        @Override
        void close() throws IOException;
    }

    /** Plays the role that the arguments, one message, describe. */
    public static void main(String[] args) throws IOException {
        Message description = Message.parse(String.join(" ", args));
        try (Role role = open(description);
                var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            System.out.println(ANSWER + "ready");
            for (String line = orders.readLine(); line != null; line = orders.readLine()) {
                System.out.println(ANSWER + answer(role, Message.parse(line)));
            }
        }
        System.exit(0);
    }

    private static Role open(Message description) throws IOException {
        return switch (description.verb()) {
            case "client" -> new ClientRole();
            case "kernel" -> new KernelRole(description);
            case "braid" -> new BraidRole(description);
            case "raw" -> new RawRole(description);
            case "relay" -> new RelayRole(description);
            case "link" -> new LinkRole(description);
            default -> throw new IllegalArgumentException("no role is called " + description.verb());
        };
    }

    /** A failed order is an answer too: the table says which run it spoiled. */
    private static Message answer(Role role, Message order) {
        try {
            return role.order(order);
        } catch (IOException | RuntimeException e) {
            return Message.of("failed").with("why", String.valueOf(e).replaceAll("\\s+", "_"));
        }
    }
}
