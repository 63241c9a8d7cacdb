package dev.braid.stack.nio;

import java.net.DatagramPacket;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * How much packets have room for. {@link DatagramPacket} keeps that apart from the length that a receive sets, so that a program can
 * receive into one packet for ever; but outside of java.net one cannot be set without the other. So it is remembered here, for packets
 * that come back as they were left. Any thread.
 */
final class PacketRoom {
    private final Map<DatagramPacket, Left> packets = Collections.synchronizedMap(new WeakHashMap<>());

    private record Left(byte[] data, int offset, int length, int room) {
        @SuppressWarnings("ReferenceEquality") // the same array, not one like it
        boolean isStill(DatagramPacket packet) {
            return packet.getData() == data && packet.getOffset() == offset && packet.getLength() == length;
        }
    }

    /** Bytes from the packet's offset on that a datagram may fill. */
    int of(DatagramPacket packet) {
        Left left = packets.get(packet);
        return left != null && left.isStill(packet) ? left.room : packet.getLength();
    }

    /** A datagram of this length was put into a packet with this room. */
    void received(DatagramPacket packet, int length, int room) {
        packet.setLength(length);
        packets.put(packet, new Left(packet.getData(), packet.getOffset(), length, room));
    }
}
