package dev.braid.tundriver.netlink;

/**
 * One request of a batch.
 *
 * @param what it does, in words for an error message
 * @param request the message
 */
record Change(String what, Request request) {}
