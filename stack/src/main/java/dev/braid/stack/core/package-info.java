/** The core: one object that takes frames, calls and deadlines and gives frames and one next deadline. */
@NullMarked
package dev.braid.stack.core;

import org.jspecify.annotations.NullMarked;
