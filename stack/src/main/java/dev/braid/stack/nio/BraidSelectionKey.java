package dev.braid.stack.nio;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectionKey;

/** A channel's registration with a selector. Any thread, but for what says otherwise. */
final class BraidSelectionKey extends AbstractSelectionKey {
    private static final VarHandle QUEUED;
    private static final VarHandle INTEREST;

    static {
        try {
            var lookup = MethodHandles.lookup();
            QUEUED = lookup.findVarHandle(BraidSelectionKey.class, "queued", boolean.class);
            INTEREST = lookup.findVarHandle(BraidSelectionKey.class, "interest", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final BraidSelector selector;
    private final SelectableChannel channel;
    private final Selectable source;
    private volatile int interest;
    private volatile int ready;

    @SuppressWarnings("unused") // through QUEUED
    private volatile boolean queued;

    BraidSelectionKey(BraidSelector selector, SelectableChannel channel, Selectable source, int interest) {
        this.selector = selector;
        this.channel = channel;
        this.source = source;
        this.interest = interest;
    }

    @Override
    public SelectableChannel channel() {
        return channel;
    }

    @Override
    public Selector selector() {
        return selector;
    }

    @Override
    public int interestOps() {
        requireValid();
        return interest;
    }

    @Override
    public SelectionKey interestOps(int operations) {
        interestOpsAnd(operations, 0);
        return this;
    }

    @Override
    public int interestOpsOr(int operations) {
        return interestOpsAnd(operations, -1);
    }

    @Override
    public int interestOpsAnd(int operations) {
        requireValid();
        int before = (int) INTEREST.getAndBitwiseAnd(this, operations);
        changed();
        return before;
    }

    private int interestOpsAnd(int added, int kept) {
        requireValid();
        if ((added & ~channel.validOps()) != 0) {
            throw new IllegalArgumentException("operations " + added + " are not for " + channel);
        }
        while (true) {
            int before = interest;
            if (INTEREST.compareAndSet(this, before, (before & kept) | added)) {
                changed();
                return before;
            }
        }
    }

    @Override
    public int readyOps() {
        requireValid();
        return ready;
    }

    private void requireValid() {
        if (!isValid()) {
            throw new CancelledKeyException();
        }
    }

    /** Something that the selector should look at has changed. */
    void changed() {
        if (QUEUED.compareAndSet(this, false, true)) {
            selector.look(this);
        }
    }

    // The selecting thread's.

    /** From now on changes queue the key again. */
    void unqueue() {
        queued = false;
    }

    /** What the channel is ready for and the key is interested in, now. */
    int readyNow() {
        return isValid() ? source.readyOperations() & interest : 0;
    }

    int ready() {
        return ready;
    }

    void ready(int operations) {
        ready = operations;
    }

    Selectable source() {
        return source;
    }
}
