package dev.braid.tundriver.netlink;

/** Something changed in a network namespace. */
public sealed interface LinkEvent {
    /** A device appeared, or changed its name, flags, MTU or state. */
    record LinkChanged(Link link) implements LinkEvent {}

    /** A device went away; this is how it was known last. */
    record LinkRemoved(Link link) implements LinkEvent {}

    /** A device has a new address, or its state changed: see {@link LinkAddress#usable}. */
    record AddressChanged(LinkAddress address) implements LinkEvent {}

    /** A device lost an address. */
    record AddressRemoved(LinkAddress address) implements LinkEvent {}

    /** A route was added. */
    record RouteAdded(Route route) implements LinkEvent {}

    /** A route went away. */
    record RouteRemoved(Route route) implements LinkEvent {}

    /** A rule was added. */
    record RuleAdded(Rule rule) implements LinkEvent {}

    /** A rule went away. */
    record RuleRemoved(Rule rule) implements LinkEvent {}

    /**
     * A setting of a device, such as whether it forwards, was written; which one, {@code /proc/sys/net} has to be read for.
     *
     * @param device its index, or {@link #ANY_DEVICE}
     */
    record SettingsChanged(int device) implements LinkEvent {
        /** It may be the setting of any device. */
        public static final int ANY_DEVICE = -1;
    }
}
