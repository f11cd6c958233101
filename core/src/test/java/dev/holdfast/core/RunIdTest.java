package dev.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RunIdTest {
    @Test
    void textAndIdAreTheSameThing() {
        Seeds.each(2_000, seed -> {
            var random = new Random(seed);
            var id = new RunId(random.nextLong(), random.nextLong());
            assertThat(id.toString()).matches("run_[0-7][0-9a-hjkmnp-tv-z]{25}");
            assertThat(RunId.parse(id.toString())).contains(id);
            assertThat(RunId.parse(id.toString().toUpperCase(Locale.ROOT))).contains(id);
            assertThat(RunId.of(id.uuid())).isEqualTo(id);
        });
    }

    @Test
    void theOrderOfTheTextsIsTheOrderOfTheIds() {
        var random = new Random(1);
        List<RunId> ids = new ArrayList<>(List.of(
                new RunId(0, 0), new RunId(0, -1), new RunId(-1, -1), new RunId(-1, 0), new RunId(1, Long.MIN_VALUE)));
        for (int i = 0; i < 500; i++) ids.add(new RunId(random.nextLong(), random.nextLong()));
        Collections.sort(ids);
        assertThat(ids.stream().map(RunId::toString)).isSorted();
    }

    @Test
    void laterUuidsAreLaterIds() {
        var early = UUID.fromString("019283aa-0000-7000-8000-000000000000");
        var late = UUID.fromString("f19283aa-0000-7000-8000-000000000000");
        assertThat(RunId.of(early)).isLessThan(RunId.of(late));
    }

    @Test
    void readsWhatPeopleType() {
        var id = RunId.parse("run_00000000000000000000000010").orElseThrow();
        assertThat(RunId.parse("RUN_ooooooooooooooooooooooooIO")).contains(id);
        assertThat(RunId.parse("run_OOOOOOOOOOOOOOOOOOOOOOOOlo")).contains(id);
    }

    @Test
    void whatNamesNoIdIsEmpty() {
        String good = new RunId(1, 1).toString();
        assertThat(RunId.parse("")).isEmpty();
        assertThat(RunId.parse(good.substring(1))).isEmpty();
        assertThat(RunId.parse(good + "0")).isEmpty();
        assertThat(RunId.parse("ran_" + good.substring(4))).isEmpty();
        // 130 bits.
        assertThat(RunId.parse("run_80000000000000000000000000")).isEmpty();
        // u is not in the alphabet; the Kelvin sign and the dotted capital I are not k and i.
        assertThat(RunId.parse("run_0000000000000000000000000u")).isEmpty();
        assertThat(RunId.parse("run_0000000000000000000000000\u212A")).isEmpty();
        assertThat(RunId.parse("run_0000000000000000000000000\u0130")).isEmpty();
        assertThat(RunId.parse("run_0000000000000000000000000\0")).isEmpty();
    }
}
