/** What an idle thread sleeps on. */
@NullMarked
package dev.braid.tundriver.poll;

import org.jspecify.annotations.NullMarked;
