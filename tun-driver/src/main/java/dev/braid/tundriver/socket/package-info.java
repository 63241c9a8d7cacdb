/**
 * Sockets of the Linux kernel that the JDK cannot make: streams of Multipath TCP, as ordinary channels that block. For tests,
 * measurements and demos, which have the kernel as the peer.
 */
@NullMarked
package dev.braid.tundriver.socket;

import org.jspecify.annotations.NullMarked;
