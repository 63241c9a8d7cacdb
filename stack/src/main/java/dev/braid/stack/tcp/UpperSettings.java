package dev.braid.stack.tcp;

/**
 * What a listener's user chose for the protocol above TCP. TCP carries it from the one to the other and looks at nothing; a listener
 * that has none means plain TCP.
 */
public interface UpperSettings {}
