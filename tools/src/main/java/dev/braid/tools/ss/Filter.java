package dev.braid.tools.ss;

import dev.braid.tools.cli.UserError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Which rows to show: {@code state NAME}, {@code exclude NAME}, {@code sport = :PORT} and {@code dport = :PORT}, all of which hold. */
final class Filter {
    private final List<Predicate<Row>> conditions = new ArrayList<>();
    private final Set<String> states;
    private boolean oneState;

    private Filter(Set<String> states) {
        this.states = new HashSet<>(states);
    }

    /**
     * Reads what follows the options.
     *
     * @param usual states shown when no word names one
     * @throws UserError when a word is not understood
     */
    static Filter parse(List<String> words, Set<String> usual) {
        var filter = new Filter(usual);
        boolean named = false;
        Iterator<String> rest = words.iterator();
        while (rest.hasNext()) {
            String word = rest.next();
            switch (word) {
                case "state" -> {
                    if (!named) {
                        filter.states.clear();
                    }
                    named = true;
                    filter.states.addAll(States.named(next(rest, word)));
                }
                case "exclude" -> {
                    if (!named) {
                        filter.states.addAll(States.ALL);
                    }
                    named = true;
                    filter.states.removeAll(States.named(next(rest, word)));
                }
                case "sport", "dport" -> filter.port(word, rest);
                case "and", "&", "&&", "(", ")" -> {
                    // Conditions are joined by "and" anyway.
                }
                default -> throw UserError.usage("\"" + word
                        + "\" is no filter; use state NAME, exclude NAME, sport = :PORT, dport = :PORT");
            }
        }
        filter.oneState = named && filter.states.size() == 1;
        return filter;
    }

    private static String next(Iterator<String> rest, String word) {
        if (!rest.hasNext()) {
            throw UserError.usage(word + " needs something behind it, as in: state time-wait, sport = :7");
        }
        return rest.next();
    }

    private void port(String which, Iterator<String> rest) {
        String word = next(rest, which);
        boolean not = word.equals("!=") || word.equals("neq");
        if (not || word.equals("=") || word.equals("==") || word.equals("eq")) {
            word = next(rest, which);
        }
        int port = portNumber(word);
        boolean source = which.equals("sport");
        conditions.add(row -> (port == (source ? row.localPort() : row.peerPort())) != not);
    }

    private static int portNumber(String word) {
        try {
            return Integer.parseInt(word.substring(word.lastIndexOf(':') + 1));
        } catch (NumberFormatException e) {
            throw UserError.usage("\"" + word + "\" is no port; write :80");
        }
    }

    boolean shows(Row row) {
        return states.contains(row.state()) && conditions.stream().allMatch(condition -> condition.test(row));
    }

    /** Only one state was asked for: its column is left out, as {@code ss} does. */
    boolean oneState() {
        return oneState;
    }
}
