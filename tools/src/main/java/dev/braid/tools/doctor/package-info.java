/** What is wrong with this host's links, and what to do about it: {@code braid doctor}. */
@NullMarked
package dev.braid.tools.doctor;

import org.jspecify.annotations.NullMarked;
