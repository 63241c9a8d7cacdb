/** ICMP and ICMPv6 for a host: echo, the errors it must send, the errors it must understand. */
@NullMarked
package dev.braid.stack.icmp;

import org.jspecify.annotations.NullMarked;
