/** Network namespaces held by descriptor, for testbeds and tests. */
@NullMarked
package dev.braid.tundriver.netns;

import org.jspecify.annotations.NullMarked;
