/**
 * Where programs begin: {@link dev.braid.stack.Stack} starts a TCP stack of their own over {@link dev.braid.stack.Link links},
 * and what it gives them are the channels of java.nio.
 */
@NullMarked
package dev.braid.stack;

import org.jspecify.annotations.NullMarked;
