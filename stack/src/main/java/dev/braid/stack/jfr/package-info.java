/**
 * What happens to connections and frames as events of the JDK's Flight Recorder. It stands outside the protocol packages, which know
 * nothing of it: it observes them, and only while a recording wants its events.
 */
package dev.braid.stack.jfr;
