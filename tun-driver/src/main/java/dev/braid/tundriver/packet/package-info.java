/** Packet sockets: whole link-layer frames from and to devices that exist, see packet(7). */
@NullMarked
package dev.braid.tundriver.packet;

import org.jspecify.annotations.NullMarked;
