package dev.braid.stack.nio;

import java.util.concurrent.CopyOnWriteArrayList;

/** The keys under which a channel is registered with selectors: what hears of its readiness. */
final class ReadyKeys implements ReadyListener {
    private final CopyOnWriteArrayList<BraidSelectionKey> keys = new CopyOnWriteArrayList<>();

    void add(BraidSelectionKey key) {
        keys.add(key);
    }

    void remove(BraidSelectionKey key) {
        keys.remove(key);
    }

    @Override
    public void onReadyChange() {
        if (!keys.isEmpty()) {
            for (BraidSelectionKey key : keys) {
                key.changed();
            }
        }
    }
}
