/**
 * Carries frames between devices and a protocol core: stages with a duty cycle, the rings between those that have threads of
 * their own, and the threads that run and rest them.
 */
package dev.braid.fastpath.pipeline;
