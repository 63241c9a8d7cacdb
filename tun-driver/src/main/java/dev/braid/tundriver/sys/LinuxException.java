package dev.braid.tundriver.sys;

import dev.braid.fastpath.device.DeviceException;

/**
 * A request that Linux refused. The message names what was worked on, the call, the error by name, and what to do:
 * {@code tun0: TUNSETIFF: EBUSY (Device or resource busy): another process holds this device; stop it or choose another
 * name}.
 */
public final class LinuxException extends DeviceException {
    private static final long serialVersionUID = 1L;

    private final String subject;
    private final String call;
    private final int errno;
    private final String advice;

    /**
     * @param subject the device, namespace or file, as the user knows it
     * @param call the system call, the ioctl request or the netlink message
     * @param errno the positive error number
     * @param advice one clause that says why, and what to do about it; empty when nothing is known beyond the error
     */
    public LinuxException(String subject, String call, int errno, String advice) {
        super(subject + ": " + call + ": " + Errno.describe(errno) + (advice.isEmpty() ? "" : ": " + advice));
        this.subject = subject;
        this.call = call;
        this.errno = errno;
        this.advice = advice;
    }

    /** The same failure, told of another subject: of a device's name where only its index was known. */
    public LinuxException about(String better) {
        LinuxException renamed = new LinuxException(better, call, errno, advice);
        renamed.setStackTrace(getStackTrace());
        return renamed;
    }

    /** What was worked on: a device, a namespace, a file. */
    public String subject() {
        return subject;
    }

    /** The system call, ioctl request or netlink message that failed. */
    public String call() {
        return call;
    }

    /** The positive error number, one of {@link Errno}. */
    public int errno() {
        return errno;
    }

    /**
     * Passes a result through, or throws when it is the negative of an error number.
     *
     * @param result what a foreign call of this package returned
     * @return {@code result}, never negative
     */
    public static int check(long result, String subject, String call, String advice) {
        if (result < 0) {
            throw new LinuxException(subject, call, (int) -result, advice);
        }
        return (int) result;
    }
}
