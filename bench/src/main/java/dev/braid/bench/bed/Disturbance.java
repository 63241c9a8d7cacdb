package dev.braid.bench.bed;

/**
 * Another process that kept a processor busy during a measurement.
 *
 * @param process its name
 * @param cores of the processors, what it used for a second
 */
public record Disturbance(String process, double cores) {}
