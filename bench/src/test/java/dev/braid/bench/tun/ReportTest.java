package dev.braid.bench.tun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.bench.bed.Disturbance;
import dev.braid.bench.worker.Message;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {
    private static final TunTable.Plan PLAN = new TunTable.Plan(List.of(TestCase.STREAM, TestCase.RR),
            List.of(Peer.RAW, Peer.BRAID), 1, 1000, 10_000);
    private static final List<Measurement> KEPT = List.of(
            Samples.of(TestCase.STREAM, Peer.RAW, 1, 40), Samples.of(TestCase.STREAM, Peer.BRAID, 1, 20),
            Samples.of(TestCase.RR, Peer.RAW, 1, 10), Samples.of(TestCase.RR, Peer.BRAID, 1, 15));
    private static final List<Measurement> DROPPED = List
            .of(Samples.of(TestCase.RR, Peer.RAW, 2, 80, new Disturbance("compiler", 0.9)));

    @Test
    void programsFindRatiosSharesAndDroppedRounds() {
        JsonNode report = JsonMapper.shared().readTree(new Report(PLAN, new TunTable.Outcome(KEPT, DROPPED)).json());
        assertThat(report.get("congestion_control").asString()).isEqualTo("cubic");
        JsonNode braid = report.get("tests").get(0).get("peers").get(1);
        assertThat(braid.get("peer").asString()).isEqualTo("braid");
        assertThat(braid.get("to_raw").asDouble()).isEqualTo(0.5);
        assertThat(braid.get("to_relay").isNull()).as("was not measured").isTrue();
        assertThat(braid.get("fast_path_share").asDouble()).isEqualTo(0.95);
        assertThat(report.get("tests").get(1).get("peers").get(1).get("p99_us").asDouble()).isEqualTo(20);
        assertThat(report.get("dropped").get(0).get("process").asString()).isEqualTo("compiler");
    }

    @Test
    void readersAreToldWhatWasDropped() {
        String text = new Report(PLAN, new TunTable.Outcome(KEPT, DROPPED)).text();
        assertThat(text).contains("dropped: rr round 2, compiler used 0.90 of a processor").contains("0.50")
                .doesNotContain("UNDER LOAD");
    }

    @Test
    void figuresOfADisturbedRunAreMarked() {
        String text = new Report(PLAN, new TunTable.Outcome(DROPPED, List.of())).text();
        assertThat(text).contains("UNDER LOAD").contains("mean little");
    }

    @Test
    void theChartIsWellFormedAndHasABarForEachRow() throws Exception {
        Document chart = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(Chart.svg(PLAN.tests(), KEPT))));
        assertThat(chart.getElementsByTagName("rect").getLength()).isEqualTo(4);
        assertThat(chart.getElementsByTagName("style").item(0).getTextContent()).contains("prefers-color-scheme: dark");
    }

    @Test
    void lostBytesAreNoResult() {
        Message client = Message.of("done").with("moved", 100);
        Message right = Message.of("report").with("received", 100).with("sent", 0).with("wrong", 0);
        assertThatThrownBy(
                () -> TunTable.requireRight(TestCase.STREAM, Peer.RAW, client, right.with("received", 99)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("received 99");
        assertThatThrownBy(() -> TunTable.requireRight(TestCase.STREAM, Peer.RAW, client, right.with("wrong", 1)))
                .hasMessageContaining("wrong bytes");
        assertThatThrownBy(() -> TunTable.requireRight(TestCase.MAERTS, Peer.RAW, client, right))
                .as("nothing was sent")
                .isInstanceOf(IOException.class);
    }
}
