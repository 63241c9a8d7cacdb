/** Which subflows there should be: path managers see events and a read-only view, and answer with commands. Sans-I/O. */
package dev.braid.stack.mptcp.path;
