package dev.braid.tools.emu;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.sim.Middlebox;
import dev.braid.fastpath.sim.middlebox.EcnBleach;
import dev.braid.fastpath.sim.middlebox.SegmentEdit;
import dev.braid.fastpath.sim.middlebox.SegmentEdit.Scope;
import dev.braid.fastpath.sim.middlebox.SegmentEditor;
import dev.braid.fastpath.sim.middlebox.SegmentJoiner;
import dev.braid.fastpath.sim.middlebox.SegmentSplitter;
import dev.braid.fastpath.sim.middlebox.SequenceShift;
import dev.braid.fastpath.sim.middlebox.SynFilter;
import dev.braid.tools.cli.Units;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.TypeConversionException;

/** A middlebox as it is asked for: read first, put together when the emulator has memory and counters. */
@FunctionalInterface
interface Box {
    /** What a box is made of. */
    record Parts(String direction, FramePool frames, Counters counters, long seed) {
        private dev.braid.fastpath.counters.Counter counter(String name) {
            return counters.counter("Middlebox." + direction + '.' + name);
        }
    }

    /**
     * A box in its two directions.
     *
     * @param forth what it does to the direction it was asked for
     * @param back what it does to the other one, or {@code null} for nothing
     */
    record Pair(Middlebox forth, @Nullable Middlebox back) {}

    /** Puts it together. */
    Pair make(Parts parts);

    /** The names of the grammar, for help. */
    String GRAMMAR = "strip=KINDS, strip-syn=KINDS, strip-data=KINDS, drop-syn=KINDS, mss=BYTES, window=N, split=BYTES, "
            + "join=BYTES[+TIME], seq, seq-not-sack, no-urgent, no-ecn, ecn-bleach; KINDS are joined by + and are mss, wscale, "
            + "sack-permitted, sack, timestamps, mptcp, fastopen, unknown or numbers";

    /** Option kinds by name; "unknown" is all that a box of the nineties has not heard of. */
    Map<String, BitSet> KINDS = new TreeMap<>(Map.of(
            "mss", kind(2), "wscale", kind(3), "sack-permitted", kind(4), "sack", kind(5), "timestamps", kind(8),
            "mptcp", kind(30), "fastopen", kind(34), "unknown", unknown()));

    private static BitSet kind(int number) {
        var set = new BitSet();
        set.set(number);
        return set;
    }

    private static BitSet unknown() {
        var set = new BitSet();
        set.set(0, 256);
        for (int known : new int[] {0, 1, 2, 3, 4, 5, 8}) {
            set.clear(known);
        }
        return set;
    }

    /**
     * Reads a row of boxes, such as {@code strip=mptcp+timestamps,mss=1200}, in the order in which packets pass them.
     *
     * @throws TypeConversionException with a line for the person at the keyboard
     */
    static List<Box> parse(String text) {
        List<Box> row = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            row.add(equals < 0 ? plain(part) : valued(part.substring(0, equals), part.substring(equals + 1)));
        }
        return row;
    }

    private static Box plain(String name) {
        return switch (name) {
            case "seq", "seq-not-sack" -> parts -> {
                var shift = new SequenceShift(parts.seed(), name.equals("seq-not-sack"));
                return new Pair(shift.forth(), shift.back());
            };
            case "no-urgent" -> editor(name, SegmentEdit.clearUrgent());
            case "no-ecn" -> editor(name, SegmentEdit.refuseEcn());
            case "ecn-bleach" -> parts -> new Pair(new EcnBleach(parts.counter(name)), null);
            default -> throw unknownBox(name);
        };
    }

    private static Box valued(String name, String value) {
        switch (name) {
            case "strip", "strip-syn", "strip-data" -> {
                Scope scope = name.equals("strip") ? Scope.ALL : name.equals("strip-syn") ? Scope.SYN : Scope.NOT_SYN;
                return editor(name, SegmentEdit.strip(kinds(value), scope));
            }
            case "drop-syn" -> {
                BitSet disliked = kinds(value);
                return parts -> new Pair(new SynFilter(disliked, parts.counter(name)), null);
            }
            case "mss" -> {
                return editor(name, SegmentEdit.clampMss(number(name, value, 65_535)));
            }
            case "window" -> {
                return editor(name, SegmentEdit.clampWindow(number(name, value, 65_535)));
            }
            case "split" -> {
                int payload = number(name, value, 65_000);
                return parts -> new Pair(
                        new SegmentSplitter(
                                payload, parts.frames(), parts.counter(name), parts.counter(name + "-failed")),
                        null);
            }
            case "join" -> {
                int plus = value.indexOf('+');
                int payload = number(name, plus < 0 ? value : value.substring(0, plus), 65_000);
                long holdNs = plus < 0 ? 1_000_000 : Units.timeNs(value.substring(plus + 1));
                return parts -> new Pair(
                        new SegmentJoiner(payload, holdNs, parts.frames(), parts.counter(name)), null);
            }
            default -> throw unknownBox(name);
        }
    }

    /** A box for one edit, counted under this name. */
    static Box editor(String name, SegmentEdit edit) {
        return parts -> new Pair(new SegmentEditor(edit, parts.counter(name)), null);
    }

    private static int number(String name, String value, int max) {
        int number = Units.bytes(value);
        if (number < 1 || number > max) {
            throw new TypeConversionException(name + " is 1 to " + max + ", not " + value);
        }
        return number;
    }

    private static BitSet kinds(String text) {
        var all = new BitSet();
        for (String one : text.toLowerCase(Locale.ROOT).split("\\+", -1)) {
            BitSet named = KINDS.get(one);
            if (named != null) {
                all.or(named);
            } else if (one.matches("[0-9]{1,3}") && Integer.parseInt(one) >= 2 && Integer.parseInt(one) <= 255) {
                all.set(Integer.parseInt(one));
            } else {
                throw new TypeConversionException(
                        "\"" + one + "\" is no option kind: a number of 2 to 255, or one of "
                                + String.join(" ", KINDS.keySet()));
            }
        }
        return all;
    }

    private static TypeConversionException unknownBox(String name) {
        return new TypeConversionException("\"" + name + "\" is no middlebox; known are " + GRAMMAR);
    }
}
