package dev.braid.tools.bind;

import dev.braid.fastpath.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * A default route of the main table.
 *
 * @param gateway the next router; {@code null} = the whole world is attached, as over PPP
 * @param metric lower is preferred
 */
record Uplink(@Nullable IpAddress gateway, int metric) {}
