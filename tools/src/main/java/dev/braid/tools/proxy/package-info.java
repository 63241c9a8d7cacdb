/**
 * The door for programs: SOCKS5 and HTTP CONNECT on the same loopback ports. What a client asks for is dialled by a
 * {@link dev.braid.tools.host.Dialer}; the bytes are carried by two virtual threads a connection.
 */
@NullMarked
package dev.braid.tools.proxy;

import org.jspecify.annotations.NullMarked;
