package dev.braid.tools.drill;

import dev.braid.fastpath.wire.IpAddress;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What packetdrill's adaptor does, in Java and by hand: a session's two connections, records in and out, blocking. */
final class DrillClient implements AutoCloseable {
    static final String ADDRESSES = "local=192.168.0.1/16,gw=192.168.0.1,remote=192.0.2.1/32,mtu=1500";

    /** An answer of the call socket. */
    record Answered(int id, boolean zeroData, long result, int errno, int a0, long timeUsecs, byte[] name,
            byte[] data) {}

    /** A record of the wire socket. */
    record Frame(int type, int seq, long timeUsecs, byte[] data) {}

    final SocketChannel calls;
    final SocketChannel wire;
    final long startUsecs;
    final boolean virtualClock;
    /** The caller's time; calls carry it. */
    long nowUsecs;
    private int nextId = 1;
    private int nextSeq = 1;

    DrillClient(Path callPath, Path wirePath, String token) throws IOException {
        calls = connect(callPath);
        byte[] greeting = ("session=" + token + " " + ADDRESSES).getBytes(StandardCharsets.UTF_8);
        ask(Op.HELLO, 0, -1, 1, 0, 0, 0, greeting.length, new byte[0], greeting);
        Answered hello = answer();
        virtualClock = (hello.a0() & 1) != 0;
        startUsecs = hello.timeUsecs();
        nowUsecs = startUsecs;
        wire = connect(wirePath);
        send(wire, wireRecord(WireRecord.HELLO, 0, 0, 0, greeting));
        Frame done = frame();
        if (done.type() != WireRecord.DONE) {
            throw new IOException("the wire's greeting was answered by type " + done.type());
        }
    }

    static SocketChannel connect(Path path) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(path));
        return channel;
    }

    // Calls.

    /** Asks without waiting for the answer; returns the call's number. */
    int ask(Op op, int flags, int fd, int a0, int a1, int a2, int nameLength, int dataLength, byte[] name, byte[] data)
            throws IOException {
        boolean mayBlock = (flags & CallRecord.MAY_BLOCK) != 0;
        ByteBuffer record = little(56 + name.length + data.length);
        int id = nextId++;
        record.putInt(id).putShort((short) (op.ordinal() + 1)).putShort((short) flags).putInt(fd);
        record.putInt(a0).putInt(a1).putInt(a2).putLong(0).putLong(mayBlock ? 0 : nowUsecs);
        record.putInt(nameLength).putInt(dataLength).putInt(0).putInt(0).put(name).put(data).flip();
        send(calls, record);
        return id;
    }

    /** The next answer, whichever call's it is. */
    Answered answer() throws IOException {
        return readAnswer(calls);
    }

    static Answered readAnswer(SocketChannel from) throws IOException {
        ByteBuffer record = receive(from);
        int id = record.getInt();
        boolean zero = (record.getInt() & 4) != 0;
        long result = record.getLong();
        int errno = record.getInt();
        int a0 = record.getInt();
        long time = record.getLong();
        byte[] name = new byte[record.getInt()];
        byte[] data = new byte[record.getInt()];
        record.getLong();
        record.get(name);
        if (!zero) {
            record.get(data);
        }
        return new Answered(id, zero, result, errno, a0, time, name, data);
    }

    Answered call(Op op, int fd, int... arguments) throws IOException {
        int[] a = Arrays.copyOf(arguments, 3);
        ask(op, CallRecord.NULL_NAME, fd, a[0], a[1], a[2], 0, 0, new byte[0], new byte[0]);
        return answer();
    }

    Answered callWithName(Op op, int fd, String address, int port) throws IOException {
        byte[] name = address(address, port);
        ask(op, 0, fd, 0, 0, 0, name.length, 0, name, new byte[0]);
        return answer();
    }

    Answered callWithData(Op op, int flags, int fd, int a0, int a1, byte[] data) throws IOException {
        ask(op, flags | CallRecord.NULL_NAME, fd, a0, a1, 0, 0, data.length, new byte[0], data);
        return answer();
    }

    /** Reads up to {@code room} bytes. */
    Answered read(int flags, int fd, int room) throws IOException {
        ask(Op.RECV, flags | CallRecord.NULL_NAME, fd, 0, 0, 0, 0, room, new byte[0], new byte[0]);
        return answer();
    }

    /** A listener on port 8080, for one connection. */
    int listen() throws IOException {
        int fd = (int) call(Op.SOCKET, -1, SocketAddress.AF_INET, 1, 0).result();
        callWithName(Op.BIND, fd, "192.168.0.1", 8080);
        call(Op.LISTEN, fd, 1);
        return fd;
    }

    /** A connection from port 40000 that this listener took; the peer's numbers begin at 1, ours are in the packet. */
    int accepted(int listener) throws IOException {
        List<Frame> answers = inject(Packet.of(0, 0, Packet.SYN, 0));
        Packet synAck = Packet.parse(answers.getFirst().data());
        inject(Packet.of(1, synAck.seq() + 1, Packet.ACK, 0));
        return (int) call(Op.ACCEPT, listener).result();
    }

    /** Sends the bytes of a script's command line to the session that began last. */
    static Answered control(Path callPath, String... words) throws IOException {
        try (SocketChannel channel = connect(callPath)) {
            byte[] line = (String.join("\0", words) + "\0").getBytes(StandardCharsets.UTF_8);
            ByteBuffer record = little(56 + line.length);
            record.putInt(1).putShort((short) (Op.CONTROL.ordinal() + 1)).putShort((short) 0).putInt(-1);
            record.position(44);
            record.putInt(line.length).putInt(0).putInt(0).put(line).flip();
            send(channel, record);
            return readAnswer(channel);
        }
    }

    // The wire.

    /** Lets a packet arrive now; what left before DONE. */
    List<Frame> inject(Packet packet) throws IOException {
        send(wire, wireRecord(WireRecord.INJECT, nextSeq++, nowUsecs, 0, packet.encode()));
        return until(WireRecord.DONE);
    }

    /** Lets time pass until a frame leaves that is not among the first {@code seen}, at most this long. */
    List<Frame> await(int seen, long usecs) throws IOException {
        send(wire, wireRecord(WireRecord.WAIT, nextSeq++, nowUsecs + usecs, seen, new byte[0]));
        return until(WireRecord.IDLE);
    }

    private List<Frame> until(int type) throws IOException {
        var before = new ArrayList<Frame>();
        for (Frame frame = frame(); frame.type() != type; frame = frame()) {
            before.add(frame);
        }
        return before;
    }

    Frame frame() throws IOException {
        ByteBuffer record = receive(wire);
        byte[] data = new byte[record.remaining() - 24];
        record.get(24, data);
        return new Frame(record.get(0), record.getInt(4), record.getLong(8), data);
    }

    private static ByteBuffer wireRecord(int type, int seq, long timeUsecs, int gso, byte[] data) {
        ByteBuffer record = little(24 + data.length);
        return record.putInt(type).putInt(seq).putLong(timeUsecs).putInt(data.length).putInt(gso).put(data).flip();
    }

    // Records.

    static byte[] address(String text, int port) {
        long lo = IpAddress.parse(text).lo();
        return SocketAddress.encode(SocketAddress.AF_INET, 0, lo, port);
    }

    static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static void send(SocketChannel to, ByteBuffer record) throws IOException {
        ByteBuffer framed = little(4 + record.remaining()).putInt(record.remaining()).put(record).flip();
        while (framed.hasRemaining()) {
            to.write(framed);
        }
    }

    static ByteBuffer receive(SocketChannel from) throws IOException {
        int length = fill(from, little(4)).getInt();
        return fill(from, little(length));
    }

    private static ByteBuffer fill(SocketChannel from, ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            if (from.read(into) < 0) {
                throw new EOFException("the endpoint closed the connection");
            }
        }
        return into.flip();
    }

    @Override
    public void close() throws IOException {
        calls.close();
        wire.close();
    }
}
