package dev.holdfast.testkit.contract;

import static dev.holdfast.testkit.contract.Lab.APPLIED;
import static dev.holdfast.testkit.contract.Lab.STALE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Command;
import dev.holdfast.core.Lane;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.engine.port.Change;
import dev.holdfast.engine.port.Claimed;
import dev.holdfast.engine.port.Receipt;
import dev.holdfast.engine.port.Request;
import dev.holdfast.engine.port.Write;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Of the runs of a task one holds a debounce key, until it is claimed or ends; until then its input may be replaced. */
interface DebounceContract extends Contract {
    Duration QUIET = Duration.ofSeconds(5);

    private Draft burst(String input) {
        return lab().draft("t").debounce("k", QUIET).input(input);
    }

    private static Command.Postpone later() {
        var debounce = new Command.Debounce("k", QUIET);
        return new Command.Postpone(new Command.Timing(Duration.ZERO, null, Duration.ZERO, debounce));
    }

    private List<Claimed> claimAfter(Duration time) {
        lab().clock.pass(time);
        lab().ledger().tick(lab().node(), 99);
        return lab().claim("t", 9);
    }

    @Test
    default void aDebounceKeyIsHeldUntilTheFirstClaim() {
        Run first = burst("1").start();
        assertThat(lab().read(first.id())).isEqualTo(first);
        assertThat(lab().ledger().commit(burst("2").change())).isEqualTo(new Receipt.KeyHeld(first.id()));
        lab().draft("other").debounce("k", QUIET).start();
        lab().draft("t").debounce("another", QUIET).start();
        lab().draft("t").in("elsewhere").debounce("k", QUIET).start();
        lab().reboot();
        assertThat(lab().ledger().commit(burst("2").change())).isEqualTo(new Receipt.KeyHeld(first.id()));
        assertThat(claimAfter(QUIET)).hasSize(3);
        Run second = burst("3").start();
        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(lab().read(first.id()).place().debounce()).isNull();
    }

    @Test
    default void itIsHeldAlsoWhenItsTimeHasComeAndNobodyHasClaimedIt() {
        RunId first = burst("1").start().id();
        lab().clock.pass(QUIET);
        lab().ledger().tick(lab().node(), 99);
        assertThat(lab().ledger().commit(burst("2").change())).isEqualTo(new Receipt.KeyHeld(first));
        lab().apply(lab().read(first), later(), new Write.Replace("2"));
        assertThat(lab().claim("t", 9)).as("it waits anew").isEmpty();
        assertThat(claimAfter(QUIET.minusMillis(1))).isEmpty();
        assertThat(claimAfter(Duration.ofMillis(1)))
                .singleElement()
                .satisfies(claimed -> assertThat(claimed.input()).isEqualTo("2"));
    }

    @Test
    default void theLastInputIsTheOneThatIsGiven() {
        for (@Nullable Lane lane : new @Nullable Lane[] {null, Lane.concurrent("a"), Lane.serial("s")}) {
            for (String longer : List.of("", "x".repeat(5_000))) {
                Run run = burst("1").lane(lane).start();
                for (int i = 2; i < 9; i++) {
                    String input = "\"" + i + longer + "\"";
                    run = lab().apply(run, later(), new Write.Replace(input));
                    if (i == 5) lab().reboot();
                }
                assertThat(lab().read(run.id())).isEqualTo(run);
                String last = "\"8" + longer + "\"";
                assertThat(lab().reads()
                                .view(Namespace.DEFAULT, run.id())
                                .orElseThrow()
                                .input())
                        .isEqualTo(last);
                var given = claimAfter(QUIET);
                assertThat(given).extracting(Claimed::input).containsExactly(last);
                Run claimed = given.getFirst().run();
                lab().apply(claimed, new Command.Succeed(lab().by(claimed)));
            }
        }
    }

    @Test
    default void whoDecidedAboutAnEarlierMomentChangesNothing() {
        Run first = burst("1").start();
        Change late = lab().change(first, later(), new Write.Replace("late"));
        lab().apply(first, later(), new Write.Replace("2"));
        assertThat(lab().ledger().commit(late)).isEqualTo(STALE);
        Change tooLate = lab().change(lab().read(first.id()), later(), new Write.Replace("late"));
        assertThat(claimAfter(QUIET)).extracting(Claimed::input).containsExactly("2");
        assertThat(lab().ledger().commit(tooLate)).isEqualTo(STALE);
        assertThat(lab().reads()
                        .view(Namespace.DEFAULT, first.id())
                        .orElseThrow()
                        .input())
                .isEqualTo("2");
    }

    @Test
    default void anEndFreesTheKey() {
        Run cancelled = burst("1").start();
        lab().apply(cancelled, new Command.Cancel(false));
        Run expired = burst("2").ttl(Duration.ofSeconds(1)).start();
        assertThat(lab().ledger().commit(burst("3").change())).isEqualTo(new Receipt.KeyHeld(expired.id()));
        lab().clock.pass(Duration.ofSeconds(1));
        lab().apply(expired, new Command.Expire());
        burst("3").start();
    }

    @Test
    default void aRequestIsAnsweredByWhatBecomesOfTheRun() {
        RunId first = burst("1").start().id();
        Change start = burst("2").request("r").change();
        assertThat(lab().ledger().commit(start)).isEqualTo(new Receipt.KeyHeld(first));
        assertThat(lab().ledger().commit(start))
                .as("nothing has become of the request yet")
                .isEqualTo(new Receipt.KeyHeld(first));
        var postpone = lab().change(lab().read(first), later(), new Write.Replace("2"));
        var request = new Request(Namespace.DEFAULT, "r", "start", first.toString());
        var asked = new Change(postpone.id(), first, postpone.expect(), request, postpone.writes());
        assertThat(lab().ledger().commit(asked)).isEqualTo(APPLIED);
        assertThat(lab().ledger().commit(start)).isEqualTo(new Receipt.Repeated(first.toString()));
        assertThat(lab().ledger().commit(asked)).isEqualTo(new Receipt.Repeated(first.toString()));
    }

    @Test
    default void twoStartsOfOneBatchAreOneRun() {
        Change first = burst("1").change();
        Change second = burst("2").change();
        assertThat(lab().ledger().commit(List.of(first, second)))
                .containsExactly(APPLIED, new Receipt.KeyHeld(first.run()));
    }
}
