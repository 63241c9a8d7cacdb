package dev.braid.tundriver.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * Binds functions of the C library and reads the error number they leave.
 *
 * <p>Two choices hold for every binding. Pointers are passed as plain {@code long} addresses, which every 64-bit Linux
 * passes in the same registers, so that no call allocates a segment object. And no binding is {@code critical}: a thread
 * inside a critical call cannot reach a safepoint, so one blocked call would stop every thread of the process, to save
 * five nanoseconds.
 */
final class Libc {
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    /** A pointer, or a C {@code long}, {@code size_t} or {@code ssize_t}. */
    static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup SYMBOLS = LINKER.defaultLookup();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO_OFFSET = STATE.byteOffset(PathElement.groupElement("errno"));

    /** Where the error number of this thread's last call is kept: allocated once per thread, freed with it. */
    private static final ThreadLocal<MemorySegment> CAPTURE = ThreadLocal
            .withInitial(() -> Arena.ofAuto().allocate(STATE));

    private Libc() {}

    /** Binds {@code name}, which must exist; the handle takes the capture segment as its first argument. */
    static MethodHandle bind(String name, ValueLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                SYMBOLS.findOrThrow(name),
                FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("errno"));
    }

    /** As {@link #bind}, for a function whose arguments from {@code firstVariadic} on are variadic. */
    static MethodHandle bindVariadic(String name, int firstVariadic, ValueLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                SYMBOLS.findOrThrow(name),
                FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("errno"),
                Linker.Option.firstVariadicArg(firstVariadic));
    }

    /** As {@link #bind}, or null when this C library is too old to have the function. */
    static @Nullable MethodHandle bindIfPresent(String name, ValueLayout result, MemoryLayout... arguments) {
        return SYMBOLS.find(name).isPresent() ? bind(name, result, arguments) : null;
    }

    /** The calling thread's capture segment. */
    static MemorySegment capture() {
        return CAPTURE.get();
    }

    /** {@code result} when the call succeeded, else the negative error number found in {@code capture}. */
    static int answer(int result, MemorySegment capture) {
        return result >= 0 ? result : -capture.get(INT, ERRNO_OFFSET);
    }

    /** {@code result} when the call succeeded, else the negative error number found in {@code capture}. */
    static long answer(long result, MemorySegment capture) {
        return result >= 0 ? result : -capture.get(INT, ERRNO_OFFSET);
    }

    /** What to throw for a {@link Throwable} out of a method handle, which can only be a fault of the binding. */
    static AssertionError broken(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return new AssertionError("foreign call", cause);
    }
}
