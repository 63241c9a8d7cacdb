/** How much may be in flight: congestion control as events in, window and rate out. Sans-I/O: time comes in as arguments. */
package dev.braid.stack.congestion;
