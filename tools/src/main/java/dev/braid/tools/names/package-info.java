/**
 * Names to addresses (RFC 1034, RFC 1035): a stub resolver that asks each server over the links that connections will take, and the
 * next server over another link when one stays silent.
 */
@NullMarked
package dev.braid.tools.names;

import org.jspecify.annotations.NullMarked;
