package dev.braid.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the requirement of an RFC that a test checks: {@code @Rfc({"9293", "3.10.7.4", "MUST-10"})}.
 *
 * <p>The conformance table is generated from these, so a requirement is claimed only by a test that fails without it.
 * Repeatable: one test may check requirements of several documents.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
@Repeatable(Rfc.All.class)
public @interface Rfc {
    /** The RFC's number, its section, and where the text numbers them the requirement's label; at least the first two. */
    String[] value();

    /** Holds the repetitions; the compiler writes it. */
    @Documented
    @Retention(RetentionPolicy.RUNTIME)
    @Target({ElementType.METHOD, ElementType.TYPE})
    @interface All {
        /** The requirements in source order. */
        Rfc[] value();
    }
}
