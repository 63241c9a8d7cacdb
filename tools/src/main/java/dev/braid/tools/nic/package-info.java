/** What becomes of the NICs that a stack's TUN devices send through, as the stack hears of it. */
package dev.braid.tools.nic;
