package dev.braid.bench.tun;

import java.util.Arrays;
import java.util.Optional;

/** What is measured. */
enum TestCase {
    /** The client sends, the peer receives. */
    STREAM("stream", "stream", 9, 1, true, Unit.GBIT, "kernel sends, 1 connection"),
    /** The peer sends. */
    MAERTS("maerts", "maerts", 19, 1, true, Unit.GBIT, "kernel receives, 1 connection"),
    /** One question at a time, both ends on one core. */
    RR("rr", "rr", 7, 1, true, Unit.MICROSECONDS, "64-byte ping-pong, both ends on one core, p50"),
    /** Questions at a fixed rate on two cores. */
    LOAD("load", "load", 7, 1, true, Unit.MICROSECONDS, "64 bytes at a fixed rate, timed from when each was due, p50"),
    /** A connection for each question. */
    CRR("crr", "crr", 7, 16, true, Unit.PER_SECOND, "connect, 64 bytes each way, close; 16 at a time"),
    STREAM_16("stream16", "stream", 9, 16, true, Unit.GBIT, "kernel sends, 16 connections"),
    STREAM_128("stream128", "stream", 9, 128, true, Unit.GBIT, "kernel sends, 128 connections"),
    MAERTS_16("maerts16", "maerts", 19, 16, true, Unit.GBIT, "kernel receives, 16 connections"),
    STREAM_1500("stream1500", "stream", 9, 1, false, Unit.GBIT, "kernel sends, 1,500-byte frames, no offloads"),
    MAERTS_1500("maerts1500", "maerts", 19, 1, false, Unit.GBIT, "kernel receives, 1,500-byte frames, no offloads");

    /** What a result counts. */
    enum Unit {
        GBIT("Gbit/s", true), PER_SECOND("/s", true), MICROSECONDS("µs", false);

        private final String text;
        private final boolean moreIsBetter;

        Unit(String text, boolean moreIsBetter) {
            this.text = text;
            this.moreIsBetter = moreIsBetter;
        }

        String text() {
            return text;
        }

        boolean moreIsBetter() {
            return moreIsBetter;
        }
    }

    private final String label;
    private final String order;
    private final int port;
    private final int connections;
    private final boolean offloads;
    private final Unit unit;
    private final String description;

    TestCase(String label, String order, int port, int connections, boolean offloads, Unit unit, String description) {
        this.label = label;
        this.order = order;
        this.port = port;
        this.connections = connections;
        this.offloads = offloads;
        this.unit = unit;
        this.description = description;
    }

    /** The test of this name. */
    static Optional<TestCase> named(String label) {
        return Arrays.stream(values()).filter(test -> test.label.equals(label)).findFirst();
    }

    /** Its name in options and reports. */
    String label() {
        return label;
    }

    /** What the client is told to do. */
    String order() {
        return order;
    }

    /** The service it uses. */
    int port() {
        return port;
    }

    /** Connections at a time. */
    int connections() {
        return connections;
    }

    /** Whether super-frames and partial checksums are on. */
    boolean offloads() {
        return offloads;
    }

    /** What its result counts. */
    Unit unit() {
        return unit;
    }

    /** What a reader of the table is told. */
    String description() {
        return description;
    }

    /** Whether client and peer are kept on one core, without which a ping-pong is bimodal. */
    boolean isOnOneCore() {
        return this == RR;
    }
}
