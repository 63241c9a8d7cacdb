/**
 * The test endpoint behind {@code braid drill}: an unmodified packetdrill drives the real core through two Unix sockets, one
 * for system calls and one for packets. Test tooling only; nothing of the product depends on it.
 */
package dev.braid.tools.drill;
