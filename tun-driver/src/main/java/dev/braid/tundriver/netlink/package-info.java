/** A route-netlink client: links, addresses, routes, rules, and a monitor of their changes. */
@NullMarked
package dev.braid.tundriver.netlink;

import org.jspecify.annotations.NullMarked;
