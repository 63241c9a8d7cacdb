package dev.braid.stack.nio;

import dev.braid.fastpath.device.Deadlines;
import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.IllegalSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * A selector over a stack's channels. A channel in which something happens queues its key; a selection looks at the queued
 * keys and at those that were ready last time, so it costs what is going on, not what is registered.
 */
final class BraidSelector extends AbstractSelector {
    private static final int SEGMENT = 256;

    private final Set<SelectionKey> keys = ConcurrentHashMap.newKeySet();
    private final Set<SelectionKey> selected = new ShrinkingSet();
    private final MpscUnboundedAtomicArrayQueue<BraidSelectionKey> queue = new MpscUnboundedAtomicArrayQueue<>(SEGMENT);
    private final Set<BraidSelectionKey> active = new HashSet<>();
    private final Parking parking = new Parking();
    private volatile boolean woken;

    BraidSelector(BraidSelectorProvider provider) {
        super(provider);
    }

    /** Has the next selection look at the key. Any thread, once until it has. */
    void look(BraidSelectionKey key) {
        queue.offer(key);
        parking.wake();
    }

    @Override
    protected SelectionKey register(AbstractSelectableChannel channel, int operations, @Nullable Object attachment) {
        if (!(channel instanceof Selectable source) || !channel.provider().equals(provider())) {
            throw new IllegalSelectorException();
        }
        requireOpen();
        var key = new BraidSelectionKey(this, channel, source, operations);
        key.attach(attachment);
        keys.add(key);
        source.readyKeys().add(key);
        if (!isOpen()) {
            drop(key);
            throw new ClosedSelectorException();
        }
        key.changed();
        return key;
    }

    @Override
    public Set<SelectionKey> keys() {
        requireOpen();
        return Collections.unmodifiableSet(keys);
    }

    @Override
    public Set<SelectionKey> selectedKeys() {
        requireOpen();
        return selected;
    }

    private void requireOpen() {
        if (!isOpen()) {
            throw new ClosedSelectorException();
        }
    }

    @Override
    public int selectNow() {
        return selectKeys(null, 0);
    }

    @Override
    public int select(long timeout) {
        return selectKeys(null, nanoseconds(timeout));
    }

    @Override
    public int select() {
        return selectKeys(null, Deadlines.NONE);
    }

    @Override
    public int selectNow(Consumer<SelectionKey> action) {
        return selectKeys(action, 0);
    }

    @Override
    public int select(Consumer<SelectionKey> action, long timeout) {
        return selectKeys(action, nanoseconds(timeout));
    }

    @Override
    public int select(Consumer<SelectionKey> action) {
        return selectKeys(action, Deadlines.NONE);
    }

    private static long nanoseconds(long timeoutMs) {
        if (timeoutMs < 0) {
            throw new IllegalArgumentException("Negative timeout");
        }
        return timeoutMs == 0 ? Deadlines.NONE : Math.min(timeoutMs, Long.MAX_VALUE / 2_000_000L) * 1_000_000L;
    }

    private int selectKeys(@Nullable Consumer<SelectionKey> action, long timeoutNs) {
        synchronized (this) {
            requireOpen();
            synchronized (selected) {
                forgetCancelled();
                int found = collect(action);
                if (found == 0 && timeoutNs != 0) {
                    sleep(timeoutNs);
                    forgetCancelled();
                    found = collect(action);
                }
                woken = false;
                requireOpen();
                return found;
            }
        }
    }

    /** Sleeps until a queued or active key is ready, somebody wakes the selector, or time is over. */
    private void sleep(long timeoutNs) {
        long deadlineNs = timeoutNs == Deadlines.NONE ? Deadlines.NONE : System.nanoTime() + timeoutNs;
        begin();
        try {
            parking.await(() -> woken || !isOpen() || pollQueue(), deadlineNs);
        } finally {
            end();
        }
    }

    /** Moves queued keys to the active ones. Answers whether one of the moved is ready. */
    private boolean pollQueue() {
        boolean ready = false;
        for (BraidSelectionKey key = queue.poll(); key != null; key = queue.poll()) {
            key.unqueue();
            active.add(key);
            ready |= key.readyNow() != 0;
        }
        return ready;
    }

    /** Looks at the active keys, forgets those that are not ready, and reports the others. */
    private int collect(@Nullable Consumer<SelectionKey> action) {
        pollQueue();
        int found = 0;
        for (Iterator<BraidSelectionKey> each = active.iterator(); each.hasNext();) {
            BraidSelectionKey key = each.next();
            int ready = key.readyNow();
            if (ready == 0) {
                each.remove();
            } else if (action != null) {
                key.ready(ready);
                found++;
            } else {
                found += select(key, ready);
            }
        }
        if (action != null && found > 0) {
            for (BraidSelectionKey key : active.toArray(new BraidSelectionKey[0])) {
                if (key.isValid()) {
                    action.accept(key);
                }
            }
        }
        return found;
    }

    private int select(BraidSelectionKey key, int ready) {
        if (selected.contains(key)) {
            int before = key.ready();
            key.ready(before | ready);
            return (ready & ~before) != 0 ? 1 : 0;
        }
        key.ready(ready);
        ((ShrinkingSet) selected).put(key);
        return 1;
    }

    private void forgetCancelled() {
        Set<SelectionKey> cancelled = cancelledKeys();
        synchronized (cancelled) {
            for (SelectionKey key : cancelled) {
                drop((BraidSelectionKey) key);
            }
            cancelled.clear();
        }
    }

    private void drop(BraidSelectionKey key) {
        keys.remove(key);
        selected.remove(key);
        active.remove(key);
        key.source().readyKeys().remove(key);
        deregister(key);
    }

    @Override
    public Selector wakeup() {
        woken = true;
        parking.wake();
        return this;
    }

    @Override
    protected void implCloseSelector() throws IOException {
        wakeup();
        synchronized (this) {
            synchronized (selected) {
                for (SelectionKey key : keys) {
                    key.cancel();
                    drop((BraidSelectionKey) key);
                }
            }
        }
    }

    /** The selected keys: users take out, only the selector puts in. */
    private static final class ShrinkingSet extends HashSet<SelectionKey> {
        private static final long serialVersionUID = 1L;

        @Override
        public boolean add(SelectionKey key) {
            throw new UnsupportedOperationException("only the selector selects keys");
        }

        void put(SelectionKey key) {
            super.add(key);
        }
    }
}
