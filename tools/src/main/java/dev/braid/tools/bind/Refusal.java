package dev.braid.tools.bind;

/**
 * Something that the kernel did not let be done.
 *
 * @param link the stack's index of the link that goes without; {@link #EVERY_LINK} = all of them
 * @param reason in words
 */
record Refusal(int link, String reason) {
    static final int EVERY_LINK = -1;

    /** Whether this link goes without. */
    boolean concerns(int index) {
        return link == index || link == EVERY_LINK;
    }
}
