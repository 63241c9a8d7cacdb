package dev.braid.fastpath.fuzz;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.testing.fuzz.FuzzInput;
import java.util.Arrays;

/** Any text as an address or prefix: refused in words, or understood, and then its own text means the same. */
public final class AddressTextFuzz {
    private AddressTextFuzz() {}

    /** The input is the text. */
    public static void fuzzerTestOneInput(byte[] input) {
        String text = new FuzzInput(input).text();
        try {
            address(IpAddress.parse(text));
        } catch (IllegalArgumentException refused) {
            requireQuoted(refused, text);
        }
        try {
            prefix(Prefix.parse(text));
        } catch (IllegalArgumentException refused) {
            requireWords(refused);
        }
        if (input.length == 4 || input.length == 16) {
            address(IpAddress.ofBytes(input));
        }
    }

    private static void address(IpAddress address) {
        if (!IpAddress.parse(address.toString()).equals(address)) {
            throw new AssertionError(address + " is another address when parsed");
        }
        byte[] bytes = address.toBytes();
        if (!IpAddress.ofBytes(bytes).equals(address)) {
            throw new AssertionError(address + " is another address than " + Arrays.toString(bytes));
        }
    }

    private static void prefix(Prefix prefix) {
        if (!Prefix.parse(prefix.toString()).equals(prefix)) {
            throw new AssertionError(prefix + " is another prefix when parsed");
        }
        boolean wraps = prefix.firstOtherHost().stream().anyMatch(other -> !prefix.contains(other));
        if (!prefix.contains(prefix.address()) || !prefix.contains(prefix.network())
                || !prefix.contains(prefix.firstHost()) || wraps) {
            throw new AssertionError(prefix + " does not contain its own addresses");
        }
    }

    private static void requireQuoted(IllegalArgumentException refused, String text) {
        requireWords(refused);
        if (!refused.getMessage().contains(text)) {
            throw new AssertionError("does not say what it refuses: " + refused.getMessage(), refused);
        }
    }

    private static void requireWords(IllegalArgumentException refused) {
        if (refused.getMessage() == null || refused instanceof NumberFormatException) {
            throw new AssertionError("refused without words", refused);
        }
    }
}
