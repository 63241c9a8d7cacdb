/** What frames come from and go to, what a protocol core is to those who feed it, and how both are waited for. */
@NullMarked
package dev.braid.fastpath.device;

import org.jspecify.annotations.NullMarked;
