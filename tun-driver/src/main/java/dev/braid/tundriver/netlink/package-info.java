/** Netlink clients: links, addresses, routes and rules, firewall tables, and monitors of their changes. */
@NullMarked
package dev.braid.tundriver.netlink;

import org.jspecify.annotations.NullMarked;
