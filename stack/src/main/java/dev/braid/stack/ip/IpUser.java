package dev.braid.stack.ip;

import dev.braid.fastpath.frame.Frame;

/** What stands on top of IP input: the transports, and ICMP for the errors that IP itself finds. */
public interface IpUser {
    /**
     * Takes a packet for the stack, its lengths, addresses and transport checksum checked.
     *
     * @param frame the receiver's from now on; data starts at the IP header, {@link Frame#transportOffset()} is set
     * @param header valid during the call
     */
    void onPacket(Frame frame, IpHeader header, long nowNs);

    /**
     * A packet has an error in its header that its sender should hear of; IP drops it afterwards.
     *
     * @param frame stays the caller's; data starts at the IP header
     * @param header its addresses are set and checked
     * @param code an ICMPv6 parameter problem's code; 0 for IPv4
     * @param pointer offset of the byte at fault, from the IP header
     */
    void onParameterProblem(Frame frame, IpHeader header, int code, int pointer, long nowNs);

    /**
     * A datagram stayed incomplete.
     *
     * @param firstFragment the fragment with offset zero; stays the caller's
     * @param header its addresses are set and checked
     */
    void onReassemblyTimeout(Frame firstFragment, IpHeader header, long nowNs);
}
