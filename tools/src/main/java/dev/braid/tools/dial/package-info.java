/**
 * Making connections for programs: the addresses of a name raced over the links (RFC 8305), the link chosen by role, goal and what is
 * known of the server, and past the stack where the kernel would not leave by a bound link.
 */
@NullMarked
package dev.braid.tools.dial;

import org.jspecify.annotations.NullMarked;
