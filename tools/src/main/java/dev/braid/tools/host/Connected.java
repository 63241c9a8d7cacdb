package dev.braid.tools.host;

import java.nio.channels.SocketChannel;

/**
 * A connection that was made.
 *
 * @param channel blocking; the caller's to close
 * @param link the index of the link it began over; -1 = it bypasses the stack
 * @param how why it goes that way, in words
 */
public record Connected(SocketChannel channel, int link, String how) {}
