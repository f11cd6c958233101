package dev.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronTest {
    private static final LocalDateTime END = LocalDateTime.of(2100, 1, 1, 0, 0);

    private static String next(String cron, String from) {
        return Cron.parse(cron)
                .next(LocalDateTime.parse(from), END)
                .orElseThrow()
                .toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "* * * * *            | 2026-01-01T00:00:00.5 | 2026-01-01T00:01",
                "30 3 * * *           | 2026-01-01T03:30      | 2026-01-01T03:30",
                "30 3 * * *           | 2026-01-01T03:31      | 2026-01-02T03:30",
                "*/15 8-17 * * MON-FRI| 2026-01-02T17:46      | 2026-01-05T08:00",
                "0 0 29 2 *           | 2026-01-01T00:00      | 2028-02-29T00:00",
                "0 0 31 * *           | 2026-02-01T00:00      | 2026-03-31T00:00",
                "0 0 1,15 * *         | 2026-02-02T00:00      | 2026-02-15T00:00",
                "0 0 * * 7            | 2026-01-01T00:00      | 2026-01-04T00:00",
                "0 0 * * fri-sun      | 2026-01-04T00:01      | 2026-01-09T00:00",
                "0 0 * jan,JUL *      | 2026-02-01T00:00      | 2026-07-01T00:00",
                "5-59/20 * * * *      | 2026-01-01T00:06      | 2026-01-01T00:25",
                "*/10 * * * * *       | 2026-01-01T00:00:01   | 2026-01-01T00:00:10",
                "15 30 3 * * *        | 2026-01-01T03:30:16   | 2026-01-02T03:30:15",
                "@daily               | 2026-01-01T00:01      | 2026-01-02T00:00",
                "@Daily               | 2026-01-01T00:01      | 2026-01-02T00:00",
                "@hourly              | 2026-01-01T00:01      | 2026-01-01T01:00",
                "59 23 31 12 *        | 2026-12-31T23:59:01   | 2027-12-31T23:59",
            })
    void findsTheNextTime(String cron, String from, String next) {
        assertThat(next(cron, from)).isEqualTo(next);
    }

    @Test
    void eitherOfTwoGivenDaysIsEnough() {
        // 2026-01-09 is a Friday.
        assertThat(next("0 0 13 * 5", "2026-01-03T00:00")).isEqualTo("2026-01-09T00:00");
        assertThat(next("0 0 13 * 5", "2026-01-10T00:00")).isEqualTo("2026-01-13T00:00");
        assertThat(next("0 0 */13 * 5", "2026-01-03T00:00")).isEqualTo("2026-02-27T00:00");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``               | has 0 fields",
                "* * * *          | has 4 fields",
                "* * * * * * *    | has 7 fields",
                "60 * * * *       | '60' cannot be the minute: '60' is not a number from 0 to 59",
                "* 24 * * *       | '24' cannot be the hour",
                "* * 0 * *        | '0' cannot be the day of the month",
                "* * * 13 *       | not a number from 1 to 12, or JAN to DEC",
                "* * * * 8        | '8' cannot be the day of the week",
                "*/0 * * * *      | '0' is not a number from 1 to 59",
                "5/10 * * * *     | write 5-59/10",
                "30-10 * * * *    | the range ends before it begins",
                "1,,2 * * * *     | '' cannot be the minute",
                "* * ? * *        | '?' cannot be the day of the month",
                "* * L * *        | 'L' cannot be the day of the month",
                "-1 * * * *       | cannot be the minute",
                "99999999999999999999 * * * * | cannot be the minute",
                "0 0 30 2 *       | names no day that there is",
                "@reboot          | of those that are words there are @annually, @daily,",
            })
    void saysWhatIsWrong(String cron, String why) {
        assertThatThrownBy(() -> Cron.parse(cron))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo("cron_invalid"))
                .hasMessageContaining(why);
    }

    @Test
    void isShownAsItWasWritten() {
        assertThat(Cron.parse("  0  3 * * *\t")).hasToString("0 3 * * *");
        assertThat(Cron.parse("@daily")).hasToString("@daily");
    }
}
