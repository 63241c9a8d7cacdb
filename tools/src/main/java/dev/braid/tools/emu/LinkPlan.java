package dev.braid.tools.emu;

import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.fastpath.sim.middlebox.SegmentEdit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happens between the two ends of an emulated link.
 *
 * @param ab what packets from a to b meet
 * @param ba what packets from b to a meet
 * @param abBoxes the boxes asked for from a to b, a's first; their other halves sit in the other direction
 * @param baBoxes the boxes asked for from b to a, b's first
 * @param nat the NAT, or {@code null}
 * @param seed decides all that is random
 */
public record LinkPlan(
        LinkConfig ab, LinkConfig ba, List<Box> abBoxes, List<Box> baBoxes, @Nullable NatPlan nat, long seed) {
    /** Copies the lists. */
    public LinkPlan {
        abBoxes = List.copyOf(abBoxes);
        baBoxes = List.copyOf(baBoxes);
    }

    /** The same in both directions, without boxes. */
    public static LinkPlan symmetric(LinkConfig link, long seed) {
        return new LinkPlan(link, link, List.of(), List.of(), null, seed);
    }

    /**
     * With boxes between a and b.
     *
     * @param row what packets from a to b pass, in the words of {@code --middlebox}, and what packets from b to a pass too; empty = none
     */
    public LinkPlan boxes(String row) {
        List<Box> boxes = row.isEmpty() ? List.of() : Box.parse(row);
        return new LinkPlan(ab, ba, boxes, boxes, nat, seed);
    }

    /**
     * With a box for each direction that no word is for.
     *
     * @param towardsB what it does to packets from a to b
     * @param towardsA what it does to packets from b to a
     */
    public LinkPlan edits(SegmentEdit towardsB, SegmentEdit towardsA) {
        return new LinkPlan(
                ab, ba, List.of(Box.editor("edit", towardsB)), List.of(Box.editor("edit", towardsA)), nat, seed);
    }

    /** With a NAT. */
    public LinkPlan nat(NatPlan between) {
        return new LinkPlan(ab, ba, abBoxes, baBoxes, between, seed);
    }
}
