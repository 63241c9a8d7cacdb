/** How one {@code braid} process asks another: a Unix socket, one JSON object a line each way. */
@org.jspecify.annotations.NullMarked
package dev.braid.tools.control;
