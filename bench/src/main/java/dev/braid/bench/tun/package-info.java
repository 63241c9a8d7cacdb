/** {@code braid bench tun}: Braid and its peers side by side on real TUNs. */
@NullMarked
package dev.braid.bench.tun;

import org.jspecify.annotations.NullMarked;
