package dev.braid.tools.names;

import dev.braid.tools.host.LinkView;
import dev.braid.tools.host.Links;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;

/**
 * Finds out whether a name server's silence was its own or the link's: asks it once more, over a link that lately brought an answer and
 * then over the silent one. Only what answers there and not here speaks against a link; an answer by itself does not speak for one,
 * as there are networks that answer every name and let nothing else through. Any thread.
 */
final class LinkJudge {
    private final Links links;
    private final BiPredicate<Way, DnsQuestion> answers;
    private final Set<Integer> busy = ConcurrentHashMap.newKeySet();

    /**
     * A judge of these links.
     *
     * @param answers whether a question asked that way is answered; blocks, for a virtual thread
     */
    LinkJudge(Links links, BiPredicate<Way, DnsQuestion> answers) {
        this.links = links;
        this.answers = answers;
    }

    /**
     * Hears how a question was answered.
     *
     * @param from the way that brought the answer
     * @param silent those that had brought none for a second by then
     */
    void hear(DnsQuestion question, Way from, Iterable<Way> silent) {
        LinkView carries = from.link();
        if (carries == null) {
            return;
        }
        for (Way way : silent) {
            LinkView link = way.link();
            if (link != null && link.index() != carries.index() && busy.add(link.index())) {
                Thread.ofVirtual().name("name-judge").start(() -> judge(question, way, link, carries));
            }
        }
    }

    private void judge(DnsQuestion question, Way silent, LinkView link, LinkView carries) {
        try {
            if (answers.test(new Way(silent.server(), carries), question) && !answers.test(silent, question)) {
                links.heard(link.index(), false);
            }
        } finally {
            busy.remove(link.index());
        }
    }
}
