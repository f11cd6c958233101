package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {
    @TempDir
    Path folder;

    private static Report report() {
        var sheet = new Sheet();
        for (double floor : new double[] {20_000, 10_000, 30_000}) sheet.add(NoopRuns.FLOOR, floor);
        for (double runs : new double[] {9_000, 12_345, 11_000}) sheet.add(NoopRuns.runs(500), runs);
        for (double part : new double[] {0.45, 0.39, 0.36}) sheet.add(NoopRuns.ofFloor(500), part);
        return new Report(
                "./holdfast bench noop",
                Map.of("cores", "2"),
                Map.of("synchronous", "2", "journal_mode", "wal"),
                sheet);
    }

    @Test
    void the_table_has_medians_and_rounds() {
        assertThat(report().table())
                .contains("cores: 2", "journal_mode=wal, synchronous=2")
                .containsPattern("no-op runs +20,000/s +\\(20,000/s, 10,000/s, 30,000/s\\)")
                .containsPattern("of the floor +39 %");
    }

    @Test
    void aims_are_reached_or_missed() {
        assertThat(report().table())
                .contains("reached: no-op, 500 in flight: runs at least 10,000/s; it is 11,000/s")
                .contains("missed:  no-op, 500 in flight: of the floor at least 40 %; it is 39 %")
                .as("what was not measured has no aim")
                .doesNotContain("50 clients");
    }

    @Test
    void the_page_has_its_chart_and_its_data() throws Exception {
        report().write(folder.resolve("there"));

        assertThat(folder.resolve("there/sqlite.md"))
                .content()
                .contains("./holdfast bench noop", "](sqlite.svg)", "| cores | 2 |", "| runs | 11,000/s |");
        String svg = Files.readString(folder.resolve("there/sqlite.svg"));
        var drawn = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(svg)))
                .getDocumentElement();
        assertThat(drawn.getElementsByTagName("rect").getLength()).isEqualTo(2);
        var data = JsonMapper.shared().readTree(Files.readString(folder.resolve("there/sqlite.json")));
        assertThat(data.at("/lines/0/median").asDouble()).isEqualTo(20_000);
        assertThat(data.at("/lines/0/rounds")).hasSize(3);
        assertThat(data.at("/settings/synchronous").asString()).isEqualTo("2");
    }
}
