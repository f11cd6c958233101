package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;
import tools.jackson.databind.json.JsonMapper;

class PeerReportTest {
    private static final Contender ONE = Contender.ALL.get(1);
    private static final Contender OTHER = Contender.ALL.get(2);
    private static final Line RUNS = new Line("no-op runs, 500 in flight", "runs", Unit.PER_SECOND);
    private static final Line KILL = new Line("kill -9", "until another process does the step", Unit.SECONDS);

    @TempDir
    Path folder;

    private static PeerReport report() {
        var sheet = new PeerSheet(List.of(ONE, OTHER));
        sheet.setting(ONE, "connections", "20");
        for (double runs : new double[] {300, 100, 200}) sheet.add(ONE, RUNS, runs);
        sheet.add(OTHER, RUNS, 5_000);
        sheet.add(ONE, KILL, Double.NaN);
        sheet.add(OTHER, KILL, 4.25);
        sheet.note(ONE, "not within 60 s");
        return new PeerReport("./holdfast bench peers", Map.of("cores", "2"), sheet);
    }

    @Test
    void the_table_has_a_column_for_each_and_says_what_never_came() {
        assertThat(report().table())
                .contains("cores: 2", "connections: 20", "DBOS Transact: not within 60 s")
                .containsPattern("no-op runs, 500 in flight +DBOS Transact +db-scheduler")
                .containsPattern("runs +200/s +5,000/s")
                .containsPattern("until another process does the step +- +4.3 s");
    }

    @Test
    void the_page_has_its_chart_and_its_data() throws Exception {
        report().write(folder);

        assertThat(folder.resolve("peers.md"))
                .content()
                .contains("](peers.svg)", "| connections | 20 |  |", "| runs | 200/s | 5,000/s |");
        var drawn = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(Files.readString(folder.resolve("peers.svg")))))
                .getDocumentElement();
        assertThat(drawn.getElementsByTagName("rect").getLength()).isEqualTo(2);
        var data = JsonMapper.shared().readTree(Files.readString(folder.resolve("peers.json")));
        assertThat(data.at("/peers/0/lines/0/rounds")).hasSize(3);
        assertThat(data.at("/peers/0/lines/1/median").isNull())
                .as("what never came is no number")
                .isTrue();
    }
}
