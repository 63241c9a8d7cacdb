/**
 * Carries frames between devices and a protocol core: stages with a duty cycle, the rings between those that have threads of
 * their own, and the threads that run and rest them.
 */
@NullMarked
package dev.braid.fastpath.pipeline;

import org.jspecify.annotations.NullMarked;
