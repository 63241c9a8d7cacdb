package dev.braid.fastpath.device;

import dev.braid.fastpath.frame.Frame;

/** Where a processor sends its frames. */
@FunctionalInterface
public interface FrameOutput {
    /** Takes a frame that is to leave by the device its metadata names. */
    void transmit(Frame frame);
}
