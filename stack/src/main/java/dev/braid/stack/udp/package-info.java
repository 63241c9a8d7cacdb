/** UDP (RFC 768): ports, the datagrams that wait at them, and what ICMP says of datagrams that were sent. */
@NullMarked
package dev.braid.stack.udp;

import org.jspecify.annotations.NullMarked;
