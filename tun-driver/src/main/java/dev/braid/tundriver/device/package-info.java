/** TUN queues as the frame devices that a pipeline reads and writes. */
@NullMarked
package dev.braid.tundriver.device;

import org.jspecify.annotations.NullMarked;
