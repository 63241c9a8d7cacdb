package dev.braid.stack.nio;

import dev.braid.stack.socket.DatagramEvents;
import dev.braid.stack.socket.DatagramSocket;
import dev.braid.stack.socket.Errno;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One datagram socket between its channel and the core. Every send and receive is a call on the core's thread, which the channel's
 * thread waits for: names are looked up this way, files are not moved.
 */
final class DatagramPump implements DatagramEvents, Pumped {
    final PumpMail mail;
    final Parking reader = new Parking();
    final StackEnd end = new StackEnd();

    private volatile boolean readable;
    private volatile boolean closeWanted;
    private volatile ReadyListener listener = ReadyListener.NONE;

    private final CoreHost host;
    private @Nullable DatagramSocket socket;
    private boolean closing;

    DatagramPump(CoreHost host) {
        this.host = host;
        this.mail = new PumpMail(host, this);
    }

    // The channel's threads.

    /** Whether a receive would answer at once, be it with an exception. */
    boolean isReadable() {
        return readable || end.isTold();
    }

    /** Who hears of changes of readiness. */
    void listener(ReadyListener to) {
        listener = to;
    }

    /** Runs something with the socket, which is made if there is none yet, and waits for its answer: negative is an errno. */
    int call(SocketCall body) throws IOException {
        return mail.call(nowNs -> closing ? -Errno.EBADF : answer(body));
    }

    /** Gives the port up; whoever waits wakes up. Idempotent. */
    void close() {
        if (closeWanted) {
            return;
        }
        closeWanted = true;
        reader.wake();
        // Done at once, not marked: who binds the port next must find it free.
        mail.post(nowNs -> {
            closing = true;
            pump(nowNs);
        });
    }

    // The core's thread from here on.

    private int answer(SocketCall body) {
        DatagramSocket made = socket;
        if (made == null) {
            made = host.sockets().datagram(this);
            socket = made;
            host.opened(this);
        }
        int answer = body.call(made);
        readable = made.isReadable();
        return answer;
    }

    @Override
    public void onReadable(DatagramSocket changed) {
        readable = true;
        reader.wake();
        listener.onReadyChange();
    }

    @Override
    public void pump(long nowNs) {
        mail.looking();
        DatagramSocket open = socket;
        if (closing && open != null) {
            open.close();
            socket = null;
            host.closed(this);
        }
    }

    @Override
    public boolean sweep(long nowNs) {
        return false;
    }

    @Override
    public void stackEnding() {
        tellEnd(null);
        close();
    }

    @Override
    public void stackEnded(@Nullable Throwable cause) {
        tellEnd(cause);
    }

    private void tellEnd(@Nullable Throwable cause) {
        end.tell(cause);
        reader.wake();
        listener.onReadyChange();
    }

    @Override
    public boolean dispose() {
        return true;
    }

    /** Something done with a datagram socket on the core's thread. */
    @FunctionalInterface
    interface SocketCall {
        /** Does it; a negative answer is an errno. */
        int call(DatagramSocket socket);
    }
}
