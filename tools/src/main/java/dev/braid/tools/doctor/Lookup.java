package dev.braid.tools.doctor;

import dev.braid.fastpath.wire.IpAddress;
import java.util.List;

/**
 * What came of looking up a name.
 *
 * @param addresses none when nothing was found
 * @param why one line when nothing was found
 */
record Lookup(List<IpAddress> addresses, String why) {}
