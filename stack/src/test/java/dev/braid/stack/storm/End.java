package dev.braid.stack.storm;

import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.sim.SplitMix64;
import dev.braid.stack.script.Pattern;
import dev.braid.stack.socket.Errno;
import dev.braid.stack.socket.MessageFlags;
import dev.braid.stack.socket.Readiness;
import dev.braid.stack.socket.StreamSocket;
import java.util.function.Predicate;

/** An application at one end of a connection: writes its stream at its own pace and checks every byte it reads. */
final class End {
    private final StormHost host;
    private final String name;
    private final SplitMix64 random;
    private final long outStream;
    private final long inStream;
    private final int toWrite;
    private final boolean waitsForEnd;
    /** Bytes read and written after which it aborts, closes or goes on for ever ({@code Integer.MAX_VALUE}). */
    private final int patience;
    private final boolean abortsPolitely;
    private final long readPauseNs;

    /** Whether what a socket reads may be other than what was written: the network altered it, and nobody can know. */
    Predicate<StreamSocket> mayBeAltered = open -> false;

    StreamSocket socket;
    boolean marked = true;
    int written;
    int read;
    boolean finished;
    boolean sawEnd;
    boolean done;
    int error;
    private long nextReadNs;

    End(
            StormHost host,
            String name,
            SplitMix64 random,
            long outStream,
            long inStream,
            int toWrite,
            boolean waitsForEnd,
            int patience,
            boolean abortsPolitely) {
        this.host = host;
        this.name = name;
        this.random = random;
        this.outStream = outStream;
        this.inStream = inStream;
        this.toWrite = toWrite;
        this.waitsForEnd = waitsForEnd;
        this.patience = patience;
        this.abortsPolitely = abortsPolitely;
        this.readPauseNs = random.chance(0.15) ? random.between(1, 300) * 1_000_000L : 0;
    }

    void mark() {
        marked = true;
    }

    /** Does what can be done now. */
    void turn(long nowNs) {
        marked = false;
        if (done || socket == null
                || (socket.readiness() & (Readiness.CONNECTED | Readiness.ERROR | Readiness.HANGUP)) == 0) {
            return;
        }
        int ready = socket.readiness();
        if ((ready & Readiness.ERROR) != 0 && socket.available() == 0) {
            error = socket.error();
            end(nowNs);
            return;
        }
        read(nowNs);
        write(nowNs);
        if (done) {
            return;
        }
        if (read + written >= patience) {
            leave(nowNs);
        } else if (finished && sawEnd) {
            end(nowNs);
        }
    }

    private void read(long nowNs) {
        if (nowNs < nextReadNs) {
            socket.wakeAt(nextReadNs);
            return;
        }
        while (!sawEnd && !done) {
            int length = 1 + random.nextInt(StormHost.SCRATCH_BYTES);
            int got = socket.recv(host.scratch, length, 0, nowNs);
            if (got == -Errno.EAGAIN) {
                return;
            }
            if (got < 0) {
                error = -got;
                end(nowNs);
            } else if (got == 0) {
                sawEnd = true;
            } else {
                check(got);
                read += got;
                if (readPauseNs > 0) {
                    nextReadNs = nowNs + readPauseNs;
                    socket.wakeAt(nextReadNs);
                    return;
                }
            }
        }
    }

    private void check(int bytes) {
        int wrong = Pattern.mismatch(inStream, read, host.scratch, bytes);
        if (wrong >= 0 && !mayBeAltered.test(socket)) {
            throw new AssertionError("%s read %#x at byte %d, where the stream has %#x".formatted(
                    name, Memory.u8(host.scratch + wrong), read + wrong, Pattern.at(inStream, read + wrong)));
        }
    }

    private void write(long nowNs) {
        if (done || finished || (waitsForEnd && !sawEnd)) {
            return;
        }
        while (written < toWrite) {
            int length = Math.min(toWrite - written, 1 + random.nextInt(20_000));
            Pattern.fill(outStream, written, host.scratch, length);
            int flags = random.chance(0.1) ? MessageFlags.MSG_MORE : 0;
            int taken = socket.send(host.scratch, length, flags, nowNs);
            if (taken == -Errno.EAGAIN) {
                return;
            }
            if (taken < 0) {
                error = -taken;
                end(nowNs);
                return;
            }
            written += taken;
        }
        socket.shutdown(StreamSocket.SHUT_WR, nowNs);
        finished = true;
    }

    private void leave(long nowNs) {
        done = true;
        if (abortsPolitely) {
            socket.close(nowNs);
        } else {
            socket.abort(nowNs);
        }
    }

    /** Lets go of the socket. */
    void end(long nowNs) {
        if (!done) {
            done = true;
            if (socket != null) {
                socket.close(nowNs);
            }
        }
    }

    /** Whether everything went over and came back, and both ends were seen. */
    String complaint(int toRead) {
        if (error != 0) {
            return name + " failed with " + Errno.name(error) + " after reading " + read + " of " + toRead
                    + ", writing "
                    + written + " of " + toWrite;
        }
        if (read != toRead || written != toWrite || !sawEnd) {
            return name + " read " + read + " of " + toRead + ", wrote " + written + " of " + toWrite
                    + (sawEnd ? "" : ", saw no end");
        }
        return "";
    }

    @Override
    public String toString() {
        return name + (done ? " done" : "") + " read " + read + " wrote " + written + "/" + toWrite
                + (socket == null || socket.tcb() == null ? "" : " " + socket.tcb().state());
    }
}
