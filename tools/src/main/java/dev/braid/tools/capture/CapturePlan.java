package dev.braid.tools.capture;

import java.nio.file.Path;

/**
 * What a capture is to be like.
 *
 * @param path the file
 * @param snaplen the most bytes of a packet in the file, 1..65536
 * @param count the most packets in the file
 * @param wire packets as on a wire, else as the stack saw them
 * @param comments packets sent say why
 * @param ringBytes capacity of the ring, a power of two
 */
record CapturePlan(Path path, int snaplen, long count, boolean wire, boolean comments, int ringBytes) {}
