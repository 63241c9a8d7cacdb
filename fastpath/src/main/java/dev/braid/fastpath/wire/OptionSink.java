package dev.braid.fastpath.wire;

/** Receives the TCP options that {@link TcpOptions} does not know by itself, MPTCP's (kind 30) among them. */
@FunctionalInterface
public interface OptionSink {
    /** Takes no notice of any option. */
    OptionSink IGNORE = (kind, address, length) -> {};

    /**
     * One option, wholly inside the packet. The memory is the caller's: copy what has to outlive the call.
     *
     * @param kind option kind, 2..255
     * @param address where the kind byte lies
     * @param length length of the whole option in bytes, kind and length bytes included, 2..40
     */
    void onOption(int kind, long address, int length);
}
