package dev.braid.tools.pcapng;

/**
 * What an Interface Statistics Block says of a link at the end of a capture.
 *
 * @param startNs when the capture began, nanoseconds since 1970
 * @param endNs when it ended
 * @param received frames that passed the link while it was captured, dropped ones included
 * @param dropped those of them that are missing in the file because its writer was too slow
 * @param delivered packets in the file
 */
public record InterfaceStatistics(long startNs, long endNs, long received, long dropped, long delivered) {}
