/** Which subflow carries the next data: packet schedulers see a read-only view and events, and answer with a choice. Sans-I/O. */
package dev.braid.stack.mptcp.scheduler;
