package dev.braid.stack.mptcp.path;

/**
 * What the peer said of its reset (MP_TCPRST, RFC 8684 section 3.6).
 *
 * @param reason its code, 0..255
 * @param passes whether the condition is transient, flag T: "the recipient of this segment MAY try to re-establish a subflow"; where
 *     it is permanent it SHOULD NOT
 */
public record PeerReset(int reason, boolean passes) {}
