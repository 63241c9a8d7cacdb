/** What connections are to get out of several links, by destination, and what the stack is told for that. */
@NullMarked
package dev.braid.tools.goal;

import org.jspecify.annotations.NullMarked;
