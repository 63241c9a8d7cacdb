package dev.braid.fastpath.device;

/** A device could not be opened or configured. The message is one line for a person: which device, which call, why, what to do. */
public class DeviceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With the line to show. */
    public DeviceException(String message) {
        super(message);
    }

    /** With the line to show and what caused it. */
    public DeviceException(String message, Throwable cause) {
        super(message, cause);
    }
}
