/** Linux system calls through the foreign-function API: thin, typed, with errors as negative numbers. */
@NullMarked
package dev.braid.tundriver.sys;

import org.jspecify.annotations.NullMarked;
