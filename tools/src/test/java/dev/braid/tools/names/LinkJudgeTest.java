package dev.braid.tools.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.tools.host.LinkUse;
import dev.braid.tools.host.LinkView;
import dev.braid.tools.host.Role;
import dev.braid.tools.host.TestLinks;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One link brought an answer; the other had brought none for a second. */
@Timeout(30)
final class LinkJudgeTest {
    private static final DnsServer SERVER = new DnsServer(IpAddress.parse("192.0.2.53"), 53);
    private static final DnsQuestion QUESTION = new DnsQuestion("a.example", true);
    private static final Way BROUGHT = way(0);
    private static final Way SILENT = way(1);

    private final TestLinks links = new TestLinks();
    private final Queue<Way> asked = new ConcurrentLinkedQueue<>();
    private final Set<Way> answering = ConcurrentHashMap.newKeySet();

    private static Way way(int index) {
        var link = new LinkView(index, "nic" + index, "braid" + index, Role.PRIMARY, LinkUse.USED, "", null, null,
                List.of(), 1_500, false, 0);
        return new Way(SERVER, link);
    }

    private final LinkJudge judge = new LinkJudge(links, (way, _) -> {
        asked.add(way);
        return answering.contains(way);
    });

    /** Lets it judge, and answers when it has said what it finds. */
    private void judge() throws InterruptedException {
        int before = asked.size();
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        // While it judges a link it takes no second case about it.
        for (int cases = 0; cases < 2 && System.nanoTime() < endNs; Thread.sleep(1)) {
            judge.hear(QUESTION, BROUGHT, List.of(SILENT));
            cases = (int) asked.stream().skip(before).filter(BROUGHT::equals).count();
        }
    }

    @Test
    void aLinkThatStaysSilentWhereAnotherAnswersIsTold() throws InterruptedException {
        answering.add(BROUGHT);
        judge();
        assertThat(links.heard).isNotEmpty().containsOnly("1 false");
    }

    @Test
    void anAnswerAtTheSecondAskingSaysNothingOfTheLink() throws InterruptedException {
        answering.add(BROUGHT);
        answering.add(SILENT);
        judge();
        assertThat(asked).startsWith(BROUGHT, SILENT);
        assertThat(links.heard).as("there are networks that answer every name and let nothing else through").isEmpty();
    }

    @Test
    void aServerThatIsSilentEverywhereSaysNothingOfTheLink() throws InterruptedException {
        judge();
        assertThat(asked).doesNotContain(SILENT);
        assertThat(links.heard).isEmpty();
    }
}
