package dev.braid.tools.config;

import java.util.Collection;

/** Finds what somebody probably meant. */
final class Nearest {
    private static final int NEAR = 3;
    private static final int LONG = 64;

    private Nearest() {}

    /** {@code ; did you mean "socks"?} for the known word that is nearest, or all known ones when none is near. */
    static String hint(String word, Collection<String> known) {
        String nearest = "";
        int least = NEAR;
        for (String candidate : known) {
            int distance = word.length() > LONG ? NEAR : distance(word, candidate);
            if (distance < least) {
                least = distance;
                nearest = candidate;
            }
        }
        if (nearest.isEmpty()) {
            return known.isEmpty() ? "" : "; there are " + String.join(", ", known);
        }
        return "; did you mean \"" + nearest + "\"?";
    }

    /** Letters to add, drop, replace or swap with their neighbour. */
    private static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                cost[i][j] = Math.min(cost[i - 1][j - 1] + same, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[a.length()][b.length()];
    }
}
