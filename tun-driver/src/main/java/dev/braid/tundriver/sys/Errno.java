package dev.braid.tundriver.sys;

/**
 * The error numbers of Linux, by name.
 *
 * <p>The foreign calls of this package answer with a count, or with the negative of one of these numbers.
 */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int E2BIG = 7;
    public static final int EBADF = 9;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EFAULT = 14;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int ENODEV = 19;
    public static final int EINVAL = 22;
    public static final int ENOTTY = 25;
    public static final int EMSGSIZE = 90;
    public static final int EPROTONOSUPPORT = 93;
    public static final int EOPNOTSUPP = 95;
    public static final int ENOSYS = 38;
    public static final int EBADFD = 77;
    public static final int EADDRNOTAVAIL = 99;
    public static final int ENETDOWN = 100;
    public static final int ENETUNREACH = 101;
    public static final int ENOBUFS = 105;
    public static final int ETIMEDOUT = 110;
    public static final int EHOSTUNREACH = 113;
    public static final int EINPROGRESS = 115;

    private static final String[] NAMES = new String[256];
    private static final String[] TEXTS = new String[256];

    static {
        ErrnoTable.ROWS.lines().forEach(row -> {
            String[] columns = row.split(" ", 3);
            int errno = Integer.parseInt(columns[0]);
            NAMES[errno] = columns[1];
            TEXTS[errno] = columns[2];
        });
    }

    private Errno() {}

    /** The symbol of {@code errno}, such as {@code EBUSY}; {@code errno 300} for a number Linux does not define. */
    public static String name(int errno) {
        return known(errno) ? NAMES[errno] : "errno " + errno;
    }

    /** The symbol with its meaning: {@code EBUSY (Device or resource busy)}. */
    public static String describe(int errno) {
        return known(errno) ? NAMES[errno] + " (" + TEXTS[errno] + ")" : "errno " + errno;
    }

    private static boolean known(int errno) {
        return errno > 0 && errno < NAMES.length && NAMES[errno] != null;
    }
}
