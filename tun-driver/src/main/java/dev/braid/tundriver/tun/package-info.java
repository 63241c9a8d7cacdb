/** TUN devices: opening, offloads, reading and writing frames. */
@NullMarked
package dev.braid.tundriver.tun;

import org.jspecify.annotations.NullMarked;
