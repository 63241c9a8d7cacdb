/** Deadlines of one core, in a wheel. Sans-I/O: time comes in as arguments. */
package dev.braid.stack.timer;
