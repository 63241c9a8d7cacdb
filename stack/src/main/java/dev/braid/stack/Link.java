package dev.braid.stack;

import dev.braid.fastpath.device.DeviceException;
import dev.braid.fastpath.device.DeviceSpec;
import dev.braid.fastpath.device.FrameDeviceProvider;
import dev.braid.fastpath.wire.Prefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * What a stack is connected to: a device and the stack's own addresses on it. Immutable: each method that changes something
 * answers a changed copy.
 *
 * <pre>{@code Link.tun("tun0").address("10.77.0.2/24").address("fd77::2/64")}</pre>
 */
public final class Link {
    private final DeviceSpec spec;
    private final @Nullable FrameDeviceProvider provider;

    private Link(DeviceSpec spec, @Nullable FrameDeviceProvider provider) {
        this.spec = spec;
        this.provider = provider;
    }

    /** A TUN device of this name, made if it is not there. Needs Braid's tun-driver on the class path. */
    public static Link tun(String name) {
        return new Link(new DeviceSpec("tun", name, List.of(), 0, 1), null);
    }

    /** A device that this provider opens, such as one end of a {@link dev.braid.fastpath.device.MemoryWire}. */
    public static Link over(FrameDeviceProvider provider, String name) {
        return new Link(new DeviceSpec(provider.kind(), name, List.of(), 0, 1), Objects.requireNonNull(provider));
    }

    /**
     * With one more address of the stack.
     *
     * @param prefix address and prefix length, for example {@code 10.77.0.2/24} or {@code fd77::2/64}
     * @throws IllegalArgumentException when it is none, with a message that quotes it
     */
    public Link address(String prefix) {
        var addresses = new ArrayList<>(spec.addresses());
        addresses.add(Prefix.parse(prefix));
        return with(addresses, spec.mtu(), spec.offloads());
    }

    /**
     * With another MTU than the device's own.
     *
     * @param bytes of IP, 68..65535
     */
    public Link mtu(int bytes) {
        if (bytes < 68 || bytes > 65_535) {
            throw new IllegalArgumentException("an MTU is 68 to 65535 bytes, not " + bytes);
        }
        return with(spec.addresses(), bytes, spec.offloads());
    }

    /** With frames of at most one MTU and no checksum left to the device, for comparing. */
    public Link withoutOffloads() {
        return with(spec.addresses(), spec.mtu(), 0);
    }

    private Link with(List<Prefix> addresses, int mtu, int offloads) {
        return new Link(new DeviceSpec(spec.kind(), spec.name(), addresses, mtu, spec.queues(), offloads), provider);
    }

    /** The device's name. */
    public String name() {
        return spec.name();
    }

    /** The stack's own addresses on it. */
    public List<Prefix> addresses() {
        return spec.addresses();
    }

    /** The MTU in bytes; of a link that is still to be opened, 0 when it is to be the device's own. */
    public int mtu() {
        return spec.mtu();
    }

    /** What the device's provider is told. */
    DeviceSpec spec() {
        return spec;
    }

    /**
     * Who opens the device.
     *
     * @throws DeviceException when no jar on the class path does
     */
    FrameDeviceProvider provider() {
        if (provider != null) {
            return provider;
        }
        for (FrameDeviceProvider found : ServiceLoader.load(FrameDeviceProvider.class)) {
            if (found.kind().equals(spec.kind())) {
                return found;
            }
        }
        throw new DeviceException(
                "link " + spec.name() + ": nothing on the class path opens devices of kind " + spec.kind()
                        + "; add Braid's " + spec.kind() + "-driver");
    }

    @Override
    public String toString() {
        return spec.kind() + ' ' + spec.name() + ' ' + spec.addresses();
    }
}
