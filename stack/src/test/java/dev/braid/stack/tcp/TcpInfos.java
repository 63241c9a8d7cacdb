package dev.braid.stack.tcp;

/** Gives tests of other packages a {@link TcpInfo} to fill. */
public final class TcpInfos {
    private TcpInfos() {}

    /** All zero. */
    public static TcpInfo blank() {
        return new TcpInfo();
    }
}
