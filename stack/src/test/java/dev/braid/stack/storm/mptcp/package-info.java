/** Storms over several paths: two real cores that speak Multipath TCP, and a network that its seed makes bad. */
package dev.braid.stack.storm.mptcp;
