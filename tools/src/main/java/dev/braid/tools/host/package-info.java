/**
 * What the parts of the host daemon know of one another: links and their roles, goals, names, ways to connect. Interfaces and values
 * only; who implements them is put together in {@code tools.daemon}.
 */
@NullMarked
package dev.braid.tools.host;

import org.jspecify.annotations.NullMarked;
