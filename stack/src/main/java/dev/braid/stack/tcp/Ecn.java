package dev.braid.stack.tcp;

import dev.braid.fastpath.wire.Tcp;

/**
 * Explicit congestion notification of one connection (RFC 3168 section 6.1): what the handshake agreed on, what the peer is told
 * of marks that arrived, and whether it must hear that a window was reduced. Core thread only.
 *
 * <p>The two roles are apart: whoever asked or agreed answers marks with ECE, but only marks its own data as capable
 * (ECT) when every SYN of either side spoke of ECN.
 */
final class Ecn {
    /** Codepoint of what is not to be marked: pure acknowledgements, retransmissions, SYNs. */
    static final int NOT_ECT = 0;
    /** Codepoint of new data: a router may mark it instead of dropping it. */
    static final int ECT_0 = 2;
    /** Codepoint of what a congested router marked. */
    static final int CE = 3;
    /** Both flags on a SYN ask for ECN. */
    static final int SETUP = Tcp.ECE | Tcp.CWR;

    private boolean offered;
    private boolean agreed;
    private boolean plainSyn;
    private boolean everywhere;
    private boolean cwrDue;
    private boolean seen;
    private int echo;

    // The handshake.

    /** Our SYN asks for it. */
    void offer() {
        offered = true;
    }

    /**
     * Whether segments of every kind are marked as capable, as DCTCP wants: where the switches drop what they cannot mark, its
     * handshakes and acknowledgements would suffer (RFC 8257 section 3.6).
     */
    void everywhere(boolean wanted) {
        everywhere = wanted;
    }

    /**
     * Flags of a SYN that leaves. With {@code fallback} only the first one asks: some boxes drop SYNs that do (RFC 3168 section
     * 6.1.1.1).
     */
    int synFlags(boolean again, boolean fallback) {
        if (!offered || (again && fallback)) {
            plainSyn |= offered;
            return 0;
        }
        return SETUP;
    }

    /** Flags of the SYN/ACK that leaves. */
    int synAckFlags() {
        return agreed ? Tcp.ECE : 0;
    }

    /**
     * The peer's answer to our SYN. ECE alone agrees; a host that returns both flags only reflects what it does not know (RFC
     * 3168 section 6.1.1.2).
     */
    void onSynAck(int flags) {
        agreed = offered && (flags & SETUP) == Tcp.ECE;
    }

    /** The peer's SYN crossed ours. */
    void onSimultaneousSyn(int flags) {
        agreed = offered && (flags & SETUP) == SETUP;
    }

    /** This end takes the request of a peer's SYN. */
    void accept() {
        agreed = true;
    }

    /**
     * The peer's SYN once more. "If a host has received at least one non-ECN-setup SYN ... packet, then it SHOULD NOT set ECT on
     * data packets", but what the peer marks is still answered.
     */
    void onSynAgain(int flags) {
        plainSyn |= (flags & SETUP) != SETUP;
    }

    /**
     * Whether a SYN's request is granted. Linux refuses what asks in a packet that is marked itself, which RFC 3168 forbids: whoever
     * does that means another protocol, or sets all bits.
     *
     * @param allowed the configuration accepts ECN
     * @param needed the congestion control cannot do without, and so takes it from anybody
     */
    static boolean grants(TcpSegment syn, boolean allowed, boolean needed) {
        return (syn.flags & SETUP) == SETUP && (needed || (allowed && (syn.trafficClass & CE) == NOT_ECT));
    }

    /** Both ends speak ECN. */
    boolean agreed() {
        return agreed;
    }

    /** A packet that could be marked, or was, has arrived: the path lets the codepoints pass. */
    boolean seen() {
        return seen;
    }

    // Receiver.

    /** {@link Tcp#ECE} while the peer is to be told of a mark, else 0: goes on every segment but SYNs. */
    int echo() {
        return echo;
    }

    /** Whether marks are echoed now. */
    boolean echoes() {
        return echo != 0;
    }

    /** From now on segments say, or no longer say, that a mark arrived. */
    void echo(boolean marked) {
        echo = marked ? Tcp.ECE : 0;
    }

    /** A packet that could be marked arrived. */
    void onCapable() {
        seen = true;
    }

    // Sender.

    /** The congestion window was reduced, for whatever reason: the first new data says so (RFC 3168 section 6.1.2). */
    void onReduced() {
        cwrDue = agreed;
    }

    /** The reduction was needless and is taken back before the peer heard of it. */
    void onUndone() {
        cwrDue = false;
    }

    /** The codepoint of data: ECT where ECN was agreed on if it is {@code fresh}, else {@link #otherCodepoint}'s. */
    int dataCodepoint(boolean fresh) {
        if (fresh) {
            return agreed && !plainSyn ? ECT_0 : NOT_ECT;
        }
        return otherCodepoint();
    }

    /**
     * The codepoint of anything else: "ECN-capable TCP implementations MUST NOT set either ECT codepoint ... in the IP header for
     * retransmitted data packets" (RFC 3168 section 6.1.5), nor for pure acknowledgements (section 6.1.4).
     */
    int otherCodepoint() {
        return everywhere && (offered || agreed) ? ECT_0 : NOT_ECT;
    }

    /** {@link Tcp#CWR} for the first new data after a reduction, once; else 0. */
    int takeCwr() {
        if (!cwrDue) {
            return 0;
        }
        cwrDue = false;
        return Tcp.CWR;
    }
}
