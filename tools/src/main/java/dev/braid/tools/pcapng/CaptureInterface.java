package dev.braid.tools.pcapng;

/**
 * What an Interface Description Block says of a link.
 *
 * @param name the device's name
 * @param description what a person wants to know beside it, for example its addresses and MTU; may be empty
 * @param snaplen the most bytes kept of each packet; 0 = all
 */
public record CaptureInterface(String name, String description, int snaplen) {}
