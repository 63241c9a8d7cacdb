package dev.braid.fastpath.fuzz;

import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.OptionSink;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.TcpOptionWriter;
import dev.braid.fastpath.wire.TcpOptions;
import dev.braid.testing.fuzz.Surroundings;
import java.lang.foreign.Arena;

/** Option spaces of any content: parsing stays inside, and what was understood can be written and read again. */
public final class TcpOptionsFuzz {
    private static final Surroundings MEMORY = new Surroundings(Tcp.MAX_OPTIONS);
    private static final long WRITTEN = Memory.allocate(Arena.global(), 64, 8);

    private TcpOptionsFuzz() {}

    /** The input is the option space. */
    public static void fuzzerTestOneInput(byte[] space) {
        if (space.length > Tcp.MAX_OPTIONS) {
            return;
        }
        MEMORY.parse(space, address -> parse(address, space.length));
        var options = new TcpOptions();
        options.parse(MEMORY.place(space, 0), space.length, OptionSink.IGNORE);
        sameSynAgain(options);
        sameSackAgain(options);
        sameCookieAgain(options);
    }

    private static String parse(long address, int length) {
        var text = new StringBuilder();
        var options = new TcpOptions();
        boolean good = options.parse(address, length, (kind, at, size) -> {
            require(at >= address && size >= 2 && at + size <= address + length, "an option outside its space");
            text.append(kind).append('@').append(at - address).append('+').append(size).append(' ');
        });
        require(good != options.malformed(), "malformed and well-formed");
        text.append(good).append(' ').append(options.present());
        if (options.has(TcpOptions.MSS)) {
            require(options.mss() > 0, "an MSS of 0");
            text.append(" mss ").append(options.mss());
        }
        if (options.has(TcpOptions.WINDOW_SCALE)) {
            require(options.windowScale() <= TcpOptions.MAX_WINDOW_SCALE, "a shift above 14");
            text.append(" scale ").append(options.windowScale());
        }
        if (options.has(TcpOptions.TIMESTAMPS)) {
            text.append(" ts ").append(options.tsVal()).append(' ').append(options.tsEcr());
        }
        for (int i = 0; i < options.sackBlocks(); i++) {
            text.append(" sack ").append(options.sackLeft(i)).append(':').append(options.sackRight(i));
        }
        if (options.has(TcpOptions.FAST_OPEN)) {
            long cookie = options.fastOpenAddress();
            require(cookie >= address && cookie + options.fastOpenLength() <= address + length, "a cookie outside");
            text.append(" cookie ").append(cookie - address).append('+').append(options.fastOpenLength());
        }
        return text.toString();
    }

    private static void sameSynAgain(TcpOptions options) {
        boolean stamps = options.has(TcpOptions.TIMESTAMPS);
        boolean scales = options.has(TcpOptions.WINDOW_SCALE);
        int mss = options.has(TcpOptions.MSS) ? options.mss() : 536;
        int shift = scales ? options.windowScale() : TcpOptionWriter.NO_WINDOW_SCALE;
        boolean sack = options.has(TcpOptions.SACK_PERMITTED);
        int length = TcpOptionWriter.writeSyn(WRITTEN, mss, sack, shift, stamps, options.tsVal(), options.tsEcr());
        TcpOptions again = again(length);
        require(again.mss() == mss && again.has(TcpOptions.SACK_PERMITTED) == sack
                && again.has(TcpOptions.WINDOW_SCALE) == scales && again.has(TcpOptions.TIMESTAMPS) == stamps
                && (!scales || again.windowScale() == shift)
                && (!stamps || (again.tsVal() == options.tsVal() && again.tsEcr() == options.tsEcr())),
                "a SYN's options do not come back");
    }

    private static void sameSackAgain(TcpOptions options) {
        int blocks = options.has(TcpOptions.SACK) ? options.sackBlocks() : 0;
        if (blocks == 0) {
            return;
        }
        int[] edges = new int[2 * blocks];
        for (int i = 0; i < blocks; i++) {
            edges[2 * i] = options.sackLeft(i);
            edges[2 * i + 1] = options.sackRight(i);
        }
        TcpOptions again = again(TcpOptionWriter.writeAlignedSack(WRITTEN, edges, blocks));
        require(again.sackBlocks() == blocks, "SACK blocks do not come back");
        for (int i = 0; i < blocks; i++) {
            require(again.sackLeft(i) == edges[2 * i] && again.sackRight(i) == edges[2 * i + 1], "another SACK block");
        }
    }

    private static void sameCookieAgain(TcpOptions options) {
        if (options.has(TcpOptions.FAST_OPEN)) {
            int cookie = options.fastOpenLength();
            int length = TcpOptionWriter.writeFastOpen(WRITTEN, options.fastOpenAddress(), cookie);
            TcpOptions again = again(length);
            require(again.has(TcpOptions.FAST_OPEN) && again.fastOpenLength() == cookie, "a cookie does not come back");
        }
    }

    private static TcpOptions again(int length) {
        require((length & 3) == 0 && length <= Tcp.MAX_OPTIONS, "wrote " + length + " bytes");
        var again = new TcpOptions();
        require(again.parse(WRITTEN, length, (kind, at, size) -> {
            throw new AssertionError("wrote an unknown option " + kind);
        }), "wrote malformed options");
        return again;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
