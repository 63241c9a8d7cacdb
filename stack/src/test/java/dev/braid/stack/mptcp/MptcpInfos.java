package dev.braid.stack.mptcp;

import dev.braid.stack.tcp.TcpInfos;

/** Gives tests of other packages an {@link MptcpInfo} to fill. */
public final class MptcpInfos {
    private MptcpInfos() {}

    /** All zero. */
    public static MptcpInfo blank() {
        return new MptcpInfo();
    }

    /** A subflow, all zero but for its number. */
    public static SubflowInfo subflow(int number) {
        var subflow = new SubflowInfo(TcpInfos.blank());
        subflow.number = number;
        return subflow;
    }
}
