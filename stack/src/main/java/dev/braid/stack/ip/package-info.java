/** IPv4 and IPv6 for a host: input with reassembly, routes and paths, output with fragmentation, path MTU. */
@NullMarked
package dev.braid.stack.ip;

import org.jspecify.annotations.NullMarked;
