/**
 * Multipath TCP (RFC 8684, version 1) on top of {@link dev.braid.stack.tcp}: a connection is a data sequence space over one or more
 * subflows, each a TCB. TCP learns nothing of it: all goes through {@link dev.braid.stack.tcp.UpperLayer}.
 */
package dev.braid.stack.mptcp;
