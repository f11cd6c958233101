package dev.holdfast.drills;

import static dev.holdfast.drills.Page.many;
import static dev.holdfast.drills.Page.seconds;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a drill of streams did and measured.
 *
 * @param rounds how often something was done to a node, or to NATS
 * @param texts what was read, by what was recited
 * @param resumed from what was done to the first chunk that was sent after that, by somebody else if it was done to a node, as the
 *     first of those who watch saw it
 * @param watchers how many
 * @param tookMillis all of it
 */
record StreamFigures(
        int nodes,
        int rounds,
        Map<Piece.Kind, Text> texts,
        Map<Strike.Kind, Spread> resumed,
        int watchers,
        long tookMillis)
        implements Figures {
    /**
     * @param runs how many
     * @param kept chunks that stand, as somebody who was there from the start on read them
     * @param voided chunks that were taken back
     */
    record Text(int runs, long kept, long voided) {
        Text plus(Text other) {
            return new Text(runs + other.runs, kept + other.kept, voided + other.voided);
        }
    }

    @Override
    public List<String> sizes() {
        return List.of(many(nodes, "node"), many(rounds, "round"), many(watchers, "watcher"), seconds(tookMillis));
    }

    @Override
    public Picture picture(Timeline timeline, Look look) {
        return new Picture(timeline, look, "node sends", "kill -9, SIGTERM, SIGSTOP");
    }

    @Override
    public void tell(Page page) {
        resumed.forEach((kind, spread) -> page.line(
                "resumed", "next chunk after " + kind + ", " + many(spread.count(), "time") + ": " + spread.words()));
        texts.forEach((kind, text) -> page.line(
                kind.name().toLowerCase(Locale.ROOT),
                many(text.runs(), "run") + ": " + text.kept() + " chunks kept, " + text.voided() + " voided"));
    }

    @Override
    public String promise() {
        return "Everybody who watched, at whichever node and since whenever, ends with the same text: the chunks of what was"
                + " recorded, each once and in order, sent by the epoch that recorded it. What nodes sent that had lost"
                + " their runs was shown to nobody.";
    }

    @Override
    public String kept() {
        return "The logs of the nodes and the report";
    }
}
