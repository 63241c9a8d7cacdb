package dev.braid.tundriver.device;

/** What the queues of one network device have in common. */
interface Attachment {
    /** The device's name. */
    String name();

    /** What the kernel does for it, bits of {@link dev.braid.fastpath.device.Offloads}. */
    int offloads();

    /** What stands in front of each packet. */
    Preamble preamble();

    /** Follows the device's state. */
    LinkWatch watch();

    /** One of the queues is closed; with the last one all is. */
    void release();
}
