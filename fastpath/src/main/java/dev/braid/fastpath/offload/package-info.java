/** Super-packets: how a TUN describes them, how software cuts them and puts them together. */
@NullMarked
package dev.braid.fastpath.offload;

import org.jspecify.annotations.NullMarked;
