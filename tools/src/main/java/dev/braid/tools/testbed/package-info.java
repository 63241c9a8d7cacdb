/**
 * Two hosts in network namespaces and what lies between them: shaped paths that can be silenced, switched off and given back. The
 * demo runs on it.
 */
@NullMarked
package dev.braid.tools.testbed;

import org.jspecify.annotations.NullMarked;
