package dev.braid.tools.drill;

import dev.braid.stack.socket.Errno;
import dev.braid.stack.socket.PollEvents;

/** One end of a pipe, which splice needs between two sockets. */
final class PipeDescriptor extends Descriptor {
    /** What a pipe holds, as in Linux. */
    static final int CAPACITY = 65_536;

    /** What both ends share. */
    private static final class Channel {
        private final byte[] bytes = new byte[CAPACITY];
        private int length;
        private int openEnds = 2;
    }

    private final Channel channel;
    private final boolean writes;

    private PipeDescriptor(Channel channel, boolean writes) {
        this.channel = channel;
        this.writes = writes;
    }

    /** A pipe: the end to read from, the end to write to. */
    static PipeDescriptor[] pair() {
        var channel = new Channel();
        return new PipeDescriptor[] {new PipeDescriptor(channel, false), new PipeDescriptor(channel, true)};
    }

    boolean writes() {
        return writes;
    }

    /** Bytes in it. */
    int length() {
        return channel.length;
    }

    /** Bytes it takes now. */
    int room() {
        return CAPACITY - channel.length;
    }

    /** Whether the other end is closed. */
    boolean isAlone() {
        return channel.openEnds < 2;
    }

    /** Copies the first bytes out without taking them. */
    byte[] peek(int most) {
        byte[] first = new byte[Math.min(most, channel.length)];
        System.arraycopy(channel.bytes, 0, first, 0, first.length);
        return first;
    }

    /** Drops bytes that were read. */
    void skip(int count) {
        channel.length -= count;
        System.arraycopy(channel.bytes, count, channel.bytes, 0, channel.length);
    }

    /** Puts in what there is room for and says how much that was, or -EPIPE. */
    int put(byte[] from) {
        if (isAlone()) {
            return -Errno.EPIPE;
        }
        int taken = Math.min(from.length, room());
        System.arraycopy(from, 0, channel.bytes, channel.length, taken);
        channel.length += taken;
        return taken;
    }

    @Override
    int pollEvents() {
        if (writes) {
            return isAlone() ? PollEvents.POLLERR : room() > 0 ? PollEvents.POLLOUT : 0;
        }
        return (length() > 0 ? PollEvents.POLLIN : 0) | (isAlone() ? PollEvents.POLLHUP : 0);
    }

    @Override
    Reply close(long nowNs) {
        channel.openEnds--;
        return Answer.of(0);
    }
}
