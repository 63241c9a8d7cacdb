package dev.braid.tools.testbed;

/**
 * A path to be made.
 *
 * @param name the NIC's name in the client and the path's
 * @param mbit rate in each direction, Ethernet bytes counted, at least 1
 */
public record PathSpec(String name, int mbit) {}
