/**
 * Which subflows there should be: path managers see events and a read-only view, and answer with commands. Sans-I/O.
 *
 * <p>{@link dev.braid.stack.mptcp.path.PathManager} is the interface, {@link dev.braid.stack.mptcp.path.PathManagers} the registry,
 * {@link dev.braid.stack.mptcp.path.Endpoints} the host's table that `ip mptcp` users know.
 */
package dev.braid.stack.mptcp.path;
