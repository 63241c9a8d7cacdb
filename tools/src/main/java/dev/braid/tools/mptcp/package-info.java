/** {@code braid mptcp}: endpoints, limits and events of a running stack's paths, in the grammar of iproute2's {@code ip mptcp}. */
package dev.braid.tools.mptcp;
