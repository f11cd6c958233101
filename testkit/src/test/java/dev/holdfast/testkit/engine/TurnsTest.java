package dev.holdfast.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.core.Command;
import dev.holdfast.core.Defaults;
import dev.holdfast.core.Namespace;
import dev.holdfast.core.Outcome;
import dev.holdfast.core.Refused;
import dev.holdfast.core.Run;
import dev.holdfast.core.RunId;
import dev.holdfast.core.RunState;
import dev.holdfast.core.Unavailable;
import dev.holdfast.core.stream.FrameFold;
import dev.holdfast.engine.Conversation;
import dev.holdfast.engine.Conversations.Turn;
import dev.holdfast.engine.Conversations.Which;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.Frame;
import dev.holdfast.engine.StartRequest;
import dev.holdfast.engine.Watch;
import dev.holdfast.sdk.Hosted;
import dev.holdfast.sdk.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Conversations with a real engine: what is told of them, in which order, and what a stop means. */
@Timeout(60)
final class TurnsTest {
    private static final Conversation TALK = new Conversation(Namespace.DEFAULT, Defaults.QUEUE, "t");
    private static final Task<String, String> TASK =
            Task.named("say", String.class, String.class).serialLane(text -> "thread:t");

    private final Rig rig = new Rig();
    /** Each turn takes one before it speaks. */
    private final Semaphore leave = new Semaphore(0);

    private final List<String> executed = new CopyOnWriteArrayList<>();
    private final Hosted handler = TASK.handle((ctx, text) -> ctx.step("answer", String.class, s -> {
        executed.add(text);
        s.send("you said ");
        leave.acquire();
        s.send(text);
        return text;
    }));

    @AfterEach
    void close() {
        leave.release(1000);
        rig.close();
    }

    private RunId say(String text) {
        return say(text, Command.Timing.NOW);
    }

    private RunId say(String text, Command.Timing timing) {
        var options = new StartRequest.Options(timing, null, List.of(), TALK.lane());
        RunId id = rig.start("say", "\"" + text + "\"", StartRequest.Identity.NONE, options)
                .id();
        rig.clock.pass(Duration.ofMillis(1));
        return id;
    }

    private static Watch watch(Engine engine, @Nullable String after) {
        return engine.conversations().watch(TALK, after);
    }

    /** Frames up to the first that is wanted. */
    private static List<Frame> until(Watch watch, Predicate<Frame> wanted) throws InterruptedException {
        var frames = new ArrayList<Frame>();
        while (frames.isEmpty() || !wanted.test(frames.getLast())) {
            Optional<Frame> frame = watch.next(Rig.LIMIT);
            assertThat(frame).as("the frame after %s", frames).isPresent();
            frames.add(frame.orElseThrow());
        }
        return frames;
    }

    private static Predicate<Frame> done(RunId run) {
        return frame -> frame.event().equals("done") && of(frame).equals(run.toString());
    }

    private static String of(Frame frame) {
        return frame.id().replaceFirst("\\..*", "");
    }

    /** What somebody who got these shows of each turn, in the order in which he met them. */
    private static Map<String, String> texts(List<Frame> frames) {
        var folds = new LinkedHashMap<String, FrameFold>();
        for (Frame frame : frames) {
            if (frame.event().equals("waiting")) continue;
            folds.computeIfAbsent(of(frame), run -> new FrameFold()).apply(frame.event(), frame.step(), frame.data());
        }
        var texts = new LinkedHashMap<String, String>();
        folds.forEach((run, fold) -> texts.put(run, fold.text()));
        return texts;
    }

    private static List<String> waiting(List<Frame> frames) {
        return frames.stream()
                .filter(frame -> frame.event().equals("waiting"))
                .map(Frame::data)
                .toList();
    }

    private static String line(RunId... runs) {
        var all = new ArrayList<String>();
        for (RunId run : runs) all.add("\"" + run + "\"");
        return "{\"turns\":[" + String.join(",", all) + "]}";
    }

    @Test
    void one_turn_is_told_after_the_other_and_those_that_are_posted_later() throws Exception {
        Engine engine = rig.boot(handler);
        try (Watch watch = watch(engine, null)) {
            assertThat(until(watch, f -> true)).extracting(Frame::data).containsExactly(line());
            RunId first = say("one");
            RunId second = say("two");
            leave.release(2);
            var frames = until(watch, done(second));
            assertThat(texts(frames))
                    .containsExactly(
                            Map.entry(first.toString(), "you said one"), Map.entry(second.toString(), "you said two"));
            RunId third = say("three");
            leave.release();
            frames.addAll(until(watch, done(third)));
            assertThat(texts(frames)).containsEntry(third.toString(), "you said three");
            assertThat(watch.ended()).isFalse();
        }
    }

    @Test
    void who_waits_in_line_is_told_while_a_turn_is_live() throws Exception {
        Engine engine = rig.boot(handler);
        RunId first = say("one");
        try (Watch watch = watch(engine, null)) {
            until(watch, f -> f.event().equals("chunk"));
            RunId second = say("two");
            RunId third = say("three");
            var frames = until(watch, f -> f.data().equals(line(second, third)));
            assertThat(frames).allMatch(f -> f.event().equals("waiting"));
            assertThat(of(frames.getLast())).as("no position of its own").isEqualTo(first.toString());
            leave.release();
            frames = until(watch, f -> f.event().equals("chunk") && of(f).equals(second.toString()));
            assertThat(waiting(frames)).contains(line(third));
            leave.release(2);
            assertThat(waiting(until(watch, done(third)))).endsWith(line());
        }
    }

    @Test
    void whoever_resumes_anywhere_ends_with_the_same_texts() throws Exception {
        Engine engine = rig.boot(handler);
        leave.release(3);
        RunId last = RunId.MIN;
        for (String text : List.of("one", "two", "three")) last = say(text);
        rig.awaitEnd(last, Outcome.SUCCEEDED);
        List<Frame> all;
        try (Watch watch = watch(engine, "0")) {
            all = until(watch, done(last));
        }
        assertThat(texts(all).values()).containsExactly("you said one", "you said two", "you said three");
        for (int at = 0; at < all.size(); at++) {
            var frames = new ArrayList<>(all.subList(0, at + 1));
            try (Watch watch = watch(engine, all.get(at).id())) {
                frames.addAll(until(watch, done(last)));
            }
            assertThat(texts(frames)).as("resumed after %s", all.get(at)).isEqualTo(texts(all));
        }
    }

    @Test
    void from_now_on_is_without_what_was() throws Exception {
        Engine engine = rig.boot(handler);
        leave.release();
        rig.awaitEnd(say("one"), Outcome.SUCCEEDED);
        try (Watch watch = watch(engine, "now")) {
            String position = until(watch, f -> true).getFirst().id();
            RunId second = say("two");
            leave.release();
            assertThat(texts(until(watch, done(second)))).containsOnlyKeys(second.toString());
            try (Watch again = watch(engine, position)) {
                assertThat(texts(until(again, done(second)))).containsEntry(second.toString(), "you said two");
            }
        }
        RunId third = say("three");
        try (Watch early = watch(engine, null)) {
            until(early, f -> f.event().equals("chunk") && of(f).equals(third.toString()));
            try (Watch late = watch(engine, "now");
                    Watch ofRun = engine.watch(Namespace.DEFAULT, third, "now")) {
                leave.release();
                assertThat(texts(until(late, done(third)))).containsExactly(Map.entry(third.toString(), "three"));
                var frames = until(ofRun, done(third));
                assertThat(frames.getFirst().event()).isEqualTo("status");
                assertThat(texts(frames)).containsExactly(Map.entry(third.toString(), "three"));
            }
        }
    }

    @Test
    void a_turn_that_cannot_be_read_at_once_is_told_later() throws Exception {
        Engine engine = rig.boot(handler);
        leave.release();
        try (Watch watch = watch(engine, null)) {
            until(watch, f -> true);
            rig.ledger().awayForTheNextReader();
            RunId first = say("one");
            assertThatThrownBy(() -> until(watch, done(first))).isInstanceOf(Unavailable.class);
            assertThat(texts(until(watch, done(first)))).containsEntry(first.toString(), "you said one");
            rig.streamAwayForTheNextWatcher();
            RunId second = say("two");
            leave.release();
            assertThatThrownBy(() -> until(watch, done(second))).isInstanceOf(Unavailable.class);
            assertThat(texts(until(watch, done(second)))).containsEntry(second.toString(), "you said two");
        }
    }

    /** Whoever comes while a turn is live is told of it, whatever became of those behind it. */
    @Test
    void a_live_turn_is_told_also_if_one_that_waited_behind_it_was_stopped() throws Exception {
        Engine engine = rig.boot(handler);
        RunId first = say("one");
        rig.awaitState(first, RunState.RUNNING);
        RunId second = say("two");
        RunId third = say("three");
        rig.cancel(second);
        rig.awaitEnd(second, Outcome.CANCELLED);
        try (Watch early = watch(engine, null)) {
            until(early, f -> f.event().equals("chunk"));
        }
        try (Watch now = watch(engine, "now");
                Watch back = watch(engine, second + ".0.0");
                Watch inIt = watch(engine, first + ".0.0")) {
            leave.release(2);
            var frames = until(now, done(third));
            assertThat(texts(frames).keySet()).containsExactly(first.toString(), third.toString());
            assertThat(texts(frames))
                    .as("what came from now on")
                    .containsEntry(first.toString(), "one")
                    .containsEntry(third.toString(), "you said three");
            assertThat(texts(until(back, done(third))))
                    .containsEntry(first.toString(), "you said one")
                    .containsEntry(third.toString(), "you said three");
            assertThat(texts(until(inIt, done(third))).keySet())
                    .containsExactly(first.toString(), second.toString(), third.toString());
        }
    }

    /** Ids are by the ledger's clock, as everything that they are compared with. */
    @Test
    void what_is_posted_on_a_machine_whose_clock_is_behind_is_told() throws Exception {
        Engine engine = rig.clockOfTheMachineBehindBy(Duration.ofMinutes(1)).boot(handler);
        leave.release(2);
        RunId first = say("one");
        rig.awaitEnd(first, Outcome.SUCCEEDED);
        rig.clock.pass(Duration.ofSeconds(5));
        try (Watch watch = watch(engine, first + ".0.0")) {
            until(watch, done(first));
            RunId second = say("two");
            rig.awaitEnd(second, Outcome.SUCCEEDED);
            assertThat(texts(until(watch, done(second)))).containsEntry(second.toString(), "you said two");
        }
    }

    /** Though its id was made long before those of others, and it is not among the first that are looked at. */
    @Test
    void a_live_turn_is_told_wherever_it_stands() throws Exception {
        Engine engine = rig.boot(handler);
        RunId early = say("early", new Command.Timing(Duration.ofHours(1), null, Duration.ZERO));
        rig.clock.pass(Duration.ofMinutes(2));
        leave.release();
        RunId first = say("one");
        rig.awaitEnd(first, Outcome.SUCCEEDED);
        try (Watch watch = watch(engine, first + ".0.0")) {
            until(watch, done(first));
            rig.clock.pass(Duration.ofHours(2));
            rig.awaitState(early, RunState.RUNNING);
            until(watch, f -> f.event().equals("chunk") && of(f).equals(early.toString()));
            for (int i = 0; i < 250; i++) say("m" + i);
            RunId urgent = say("urgent", new Command.Timing(Duration.ZERO, null, Duration.ofHours(1)));
            leave.release();
            until(watch, f -> f.event().equals("chunk") && of(f).equals(urgent.toString()));
            leave.release();
            until(watch, done(urgent));
        }
    }

    /** Though the live turn is known before those that come first are read. */
    @Test
    void a_long_conversation_is_told_from_its_beginning() throws Exception {
        Engine engine = rig.boot(TASK.handle((ctx, text) -> {
            if (text.equals("last")) leave.acquire();
            return text;
        }));
        var turns = new ArrayList<String>();
        for (int i = 0; i < 450; i++) {
            turns.add(say("m" + i).toString());
            rig.clock.pass(Duration.ofSeconds(1));
        }
        RunId last = say("last");
        turns.add(last.toString());
        rig.awaitState(last, RunState.RUNNING);
        try (Watch watch = watch(engine, null);
                Watch inIt = watch(engine, turns.get(100) + ".0.0")) {
            var frames = until(watch, f -> f.event().equals("done"));
            var later = until(inIt, f -> f.event().equals("done"));
            leave.release();
            frames.addAll(until(watch, done(last)));
            later.addAll(until(inIt, done(last)));
            assertThat(texts(frames).keySet()).containsExactlyElementsOf(turns);
            assertThat(texts(later).keySet()).containsExactlyElementsOf(turns.subList(100, 451));
        }
    }

    /** What they are told is read once for all of them. */
    @Test
    void a_thousand_who_watch_cost_what_one_costs() throws Exception {
        Engine engine = rig.boot(handler);
        leave.release();
        rig.awaitEnd(say("one"), Outcome.SUCCEEDED);
        RunId live = say("two");
        for (int i = 0; i < 300; i++) say("m" + i);
        int alone = readsOfATurn(engine, 1, live);
        int together = readsOfATurn(engine, 1_000, after(engine, live));
        assertThat(together).as("reads, %s for one", alone).isLessThan(alone + 50);
    }

    /** From when all of them have seen the beginning of the live turn to when all have seen that of the next one. */
    private int readsOfATurn(Engine engine, int watchers, RunId live) throws Exception {
        RunId next = after(engine, live);
        var all = new ArrayList<Watch>();
        try {
            for (int i = 0; i < watchers; i++) all.add(watch(engine, "now"));
            for (Watch each : all) {
                while (!of(until(each, f -> true).getLast()).equals(live.toString())) {}
                while (each.next(Duration.ZERO).isPresent()) {}
            }
            int before = rig.readsOfWatchers();
            leave.release();
            for (Watch each : all) until(each, done(live));
            // One thread reads for all: nobody is to be ahead of the others for as long as it takes to read for all of
            // them.
            Rig.await("the next one has said something")
                    .until(() -> !rig.entries(next).isEmpty());
            for (Watch each : all) until(each, f -> f.event().equals("chunk"));
            return rig.readsOfWatchers() - before;
        } finally {
            all.forEach(Watch::close);
        }
    }

    private static RunId after(Engine engine, RunId turn) {
        return engine.conversations().oldest(TALK, turn, 1).getFirst().id();
    }

    /** Also where the story of a turn is read in several pieces. */
    @Test
    void whoever_comes_back_is_sent_all_that_is_left_and_nothing_else() throws Exception {
        Engine engine = rig.boot(TASK.handle((ctx, text) -> ctx.step("answer", String.class, s -> {
            for (int i = 0; i < 300; i++) s.send(text + i + " ");
            return text;
        })));
        RunId first = say("a");
        RunId last = say("b");
        rig.awaitEnd(last, Outcome.SUCCEEDED);
        List<Frame> all;
        try (Watch watch = watch(engine, null)) {
            all = told(until(watch, done(last)));
        }
        assertThat(all.stream().filter(f -> f.event().equals("chunk")).map(Frame::id))
                .hasSize(600)
                .doesNotHaveDuplicates();
        for (int at = 0; at < all.size() - 1; at += at % 256 < 250 && at % 300 < 290 ? 23 : 1) {
            Frame from = all.get(at);
            try (Watch watch = watch(engine, from.id())) {
                var rest = told(until(watch, done(last)));
                // The last state of a turn and its done are one position.
                if (from.id().equals(all.get(at + 1).id()) || from.event().equals("done")) rest = beyond(rest, from);
                assertThat(rest).as("after %s", from).isEqualTo(beyond(all.subList(at + 1, all.size()), from));
            }
        }
        assertThat(first).isNotEqualTo(last);
    }

    private static List<Frame> told(List<Frame> frames) {
        return frames.stream().filter(f -> !f.event().equals("waiting")).toList();
    }

    private static List<Frame> beyond(List<Frame> frames, Frame position) {
        return frames.stream().filter(f -> !f.id().equals(position.id())).toList();
    }

    /** Though the turn before it ends before anybody has looked into its inbox. */
    @Test
    void a_turn_that_was_stopped_before_it_began_does_not_begin() {
        Engine engine = rig.boot(handler);
        RunId first = say("one");
        rig.awaitState(first, RunState.RUNNING);
        RunId second = say("two");
        RunId third = say("three");
        rig.ledger().beforeTheNextEnd(() -> rig.postCancel(second));
        leave.release(2);
        rig.awaitEnd(second, Outcome.CANCELLED);
        rig.awaitEnd(third, Outcome.SUCCEEDED);
        assertThat(executed).containsExactly("one", "three");
        assertThat(rig.show(second).run().wasStarted()).isFalse();
        Rig.await("all slots are free").atMost(Rig.LIMIT).until(() -> engine.executing() == 0);
    }

    /** As a run is whose id was made before that of another, and which was committed after it. */
    @Test
    void turns_are_told_in_the_order_in_which_they_had_their_turn() throws Exception {
        Engine engine = rig.boot(handler);
        RunId first = say("one");
        rig.awaitState(first, RunState.RUNNING);
        RunId third = say("three");
        RunId second = say("two", new Command.Timing(Duration.ZERO, null, Duration.ofHours(1)));
        try (Watch watch = watch(engine, null)) {
            until(watch, f -> f.event().equals("chunk"));
            for (RunId turn : List.of(first, second, third)) {
                rig.awaitState(turn, RunState.RUNNING);
                rig.clock.pass(Duration.ofMillis(5));
                leave.release();
                var frames = until(watch, done(turn));
                assertThat(texts(frames)).containsOnlyKeys(turn.toString());
            }
        }
        try (Watch late = watch(engine, second + ".0.0")) {
            assertThat(texts(until(late, done(third))).keySet()).containsExactly(second.toString(), third.toString());
        }
    }

    @Test
    void a_turn_whose_time_has_not_come_holds_up_nobody() throws Exception {
        Engine engine = rig.boot(handler);
        say("later", new Command.Timing(Duration.ofHours(1), null, Duration.ZERO));
        leave.release(2);
        try (Watch watch = watch(engine, null)) {
            for (String text : List.of("one", "two")) {
                RunId turn = say(text);
                assertThat(texts(until(watch, done(turn)))).containsOnlyKeys(turn.toString());
            }
        }
    }

    @Test
    void a_turn_that_is_deleted_is_left_out() throws Exception {
        Engine engine = rig.boot(handler);
        leave.release();
        RunId first = say("one");
        rig.awaitEnd(first, Outcome.SUCCEEDED);
        try (Watch watch = watch(engine, null)) {
            until(watch, f -> f.event().equals("chunk"));
            engine.delete(Namespace.DEFAULT, first, null);
            leave.release();
            RunId second = say("two");
            assertThat(texts(until(watch, done(second)))).containsEntry(second.toString(), "you said two");
        }
    }

    @Test
    void a_cursor_is_of_a_turn_of_this_conversation() {
        Engine engine = rig.boot(handler);
        var elsewhere = new StartRequest.Options(Command.Timing.NOW, null, List.of(), "thread:other");
        RunId other =
                rig.start("say", "\"x\"", StartRequest.Identity.NONE, elsewhere).id();
        rig.awaitState(other, RunState.RUNNING);
        for (String cursor : List.of(other + ".0.0", RunId.MIN + ".0.0", "yesterday", "")) {
            assertThatThrownBy(() -> watch(engine, cursor))
                    .as(cursor)
                    .isInstanceOf(Refused.class)
                    .extracting(e -> ((Refused) e).code())
                    .isEqualTo("cursor_unknown");
        }
    }

    @Test
    void pages_go_both_ways_and_have_what_was_said_and_answered() {
        Engine engine = rig.boot(handler);
        leave.release(4);
        var runs = new ArrayList<RunId>();
        for (int i = 0; i < 5; i++) runs.add(say("m" + i));
        rig.awaitEnd(runs.get(3), Outcome.SUCCEEDED);
        var talks = engine.conversations();
        assertThat(talks.oldest(TALK, null, 2)).extracting(Run::id).isEqualTo(runs.subList(0, 2));
        List<Turn> rest = talks.said(talks.oldest(TALK, runs.get(1), 9));
        assertThat(rest).extracting(t -> t.run().id()).isEqualTo(runs.subList(2, 5));
        assertThat(rest).extracting(Turn::input).containsExactly("\"m2\"", "\"m3\"", "\"m4\"");
        assertThat(rest).extracting(Turn::output).containsExactly("\"m2\"", "\"m3\"", null);
        assertThat(talks.newest(TALK, runs.get(3), 9))
                .extracting(Run::id)
                .isEqualTo(runs.subList(0, 3).reversed());
    }

    /** However much each of them is: a page is what fits. */
    @Test
    void what_was_said_is_read_in_pieces() {
        Engine engine = rig.boot(handler);
        String much = "x".repeat(900_000);
        for (int i = 0; i < 25; i++) say(i + much);
        var talks = engine.conversations();
        List<Run> all = talks.oldest(TALK, null, 50);
        assertThat(all).hasSize(25);
        List<Turn> first = talks.said(all);
        assertThat(first).hasSize(10);
        List<Turn> next = talks.said(talks.oldest(TALK, first.getLast().run().id(), 50));
        assertThat(next).hasSize(10);
        assertThat(next.getFirst().input()).startsWith("\"10x");
    }

    @Test
    void a_stop_of_all_also_stops_those_that_wait_and_nothing_that_is_posted_later() {
        Engine engine = rig.boot(handler);
        RunId first = say("one");
        Rig.await("it executes").atMost(Rig.LIMIT).until(() -> executed.contains("one"));
        RunId second = say("two");
        RunId third = say("three");
        var all = engine.conversations().cancel(TALK, Which.ALL, "r");
        assertThat(all).containsExactly(first, second, third);
        for (RunId run : all) rig.awaitEnd(run, Outcome.CANCELLED);
        RunId fourth = say("four");
        assertThat(engine.conversations().cancel(TALK, Which.ALL, "r")).isEqualTo(all);
        leave.release();
        rig.awaitEnd(fourth, Outcome.SUCCEEDED);
        assertThat(executed).containsExactly("one", "four");
        assertThatThrownBy(() -> engine.conversations().cancel(TALK, Which.CURRENT, "r"))
                .isInstanceOf(Refused.class)
                .extracting(e -> ((Refused) e).code())
                .isEqualTo("request_id_reused");
    }

    @Test
    void a_stop_of_the_current_turn_lets_the_next_one_begin() {
        Engine engine = rig.boot(handler);
        RunId first = say("one");
        rig.awaitState(first, RunState.RUNNING);
        RunId second = say("two");
        assertThat(engine.conversations().cancel(TALK, Which.CURRENT, null)).containsExactly(first);
        rig.awaitEnd(first, Outcome.CANCELLED);
        leave.release();
        rig.awaitEnd(second, Outcome.SUCCEEDED);
    }

    @Test
    void a_stop_that_found_nothing_finds_nothing_when_it_is_repeated() {
        Engine engine = rig.boot(handler);
        leave.release();
        rig.awaitEnd(say("one"), Outcome.SUCCEEDED);
        assertThat(engine.conversations().cancel(TALK, Which.ALL, "r")).isEmpty();
        RunId second = say("two");
        assertThat(engine.conversations().cancel(TALK, Which.ALL, "r")).isEmpty();
        leave.release();
        rig.awaitEnd(second, Outcome.SUCCEEDED);
    }

    /** Hints only save time. */
    @Test
    void without_hints_a_turn_is_found_all_the_same() throws Exception {
        Engine engine = rig.withoutHints().boot(handler);
        leave.release(2);
        try (Watch watch = watch(engine, null)) {
            RunId first = say("one");
            until(watch, done(first));
            RunId second = say("two");
            assertThat(texts(until(watch, done(second)))).containsEntry(second.toString(), "you said two");
        }
    }

    @Test
    void closing_ends_a_wait() throws Exception {
        Engine engine = rig.boot(handler);
        Watch watch = watch(engine, null);
        until(watch, f -> true);
        var waiter = Thread.ofVirtual().start(() -> {
            try {
                watch.next(Duration.ofMinutes(5));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        watch.close();
        assertThat(waiter.join(Rig.LIMIT)).isTrue();
        assertThat(watch.ended()).isTrue();
    }
}
