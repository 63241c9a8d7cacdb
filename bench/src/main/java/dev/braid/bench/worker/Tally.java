package dev.braid.bench.worker;

import java.util.concurrent.atomic.AtomicLong;

/** What a peer has moved since the last report, over all connections. Any thread. */
final class Tally {
    final AtomicLong received = new AtomicLong();
    final AtomicLong sent = new AtomicLong();
    /** Connections on which something was not as it should be. */
    final AtomicLong wrong = new AtomicLong();
    /** When the newest byte was read, on {@link System#nanoTime}, which on Linux is one clock for all processes. */
    final AtomicLong lastByteNs = new AtomicLong();
    /** Compare every byte received with the pattern. */
    volatile boolean verify;

    /** Answers the orders that every peer knows, or fails. */
    Message order(Message order) {
        switch (order.verb()) {
            case "verify" -> verify = order.flag("on");
            case "report" -> {
                return Message.of("report")
                        .with("received", received.getAndSet(0))
                        .with("sent", sent.getAndSet(0))
                        .with("wrong", wrong.getAndSet(0))
                        .with("last_byte_ns", lastByteNs.getAndSet(0));
            }
            default -> throw new IllegalArgumentException("unknown order: " + order);
        }
        return Message.of("done");
    }
}
