package dev.braid.tundriver.netlink;

import java.util.List;

/**
 * A firewall rule: its expressions are evaluated in order until one does not match or decides.
 *
 * @param comment what people and {@link Nftables#counts} know it by, at most {@value #MAX_COMMENT} bytes; may be empty
 * @param expressions conditions first, the decision last
 */
public record NftRule(String comment, List<NftExpression> expressions) {
    /** The longest comment, in bytes of UTF-8: its length and closing zero share one byte-counted field. */
    static final int MAX_COMMENT = 254;

    /** Keeps a copy of the list. */
    public NftRule {
        expressions = List.copyOf(expressions);
    }

    /** A rule of these expressions. */
    public static NftRule of(String comment, NftExpression... expressions) {
        return new NftRule(comment, List.of(expressions));
    }
}
