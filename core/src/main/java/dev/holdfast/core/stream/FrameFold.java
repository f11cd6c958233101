package dev.holdfast.core.stream;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns the frames that a client receives into the text of the run. The user of a client sees text, never frames.
 *
 * <p>It needs only what is in a frame: the event, the step and the data. {@code status}, {@code done} and events that a
 * newer server may send change nothing. A client that lost its connection resumes after the last frame it got and goes on
 * with the same fold; a frame that is repeated there by mistake of a client would be doubled.
 *
 * <p><b>In a terminal</b>, where what was printed cannot be taken back: print what {@link Effect.Appended} carries. At
 * {@link Effect.Rewound}, begin a new line, print a marker ({@code ── rewound: what follows replaces the above ──}) and
 * the standing text again, then go on. Where text can be replaced (a page), show {@link #text()}. At
 * {@link Effect.Missed}, print a marker that says how many entries are not there any more.
 *
 * <pre>{@code
 * var fold = new FrameFold();
 * switch (fold.apply(frame.event(), frame.step(), frame.data())) {
 *     case FrameFold.Effect.Appended appended -> out.print(appended.text());
 *     case FrameFold.Effect.Rewound rewound -> out.print("\n── rewound ──\n" + rewound.standing());
 *     case FrameFold.Effect.Missed missed -> out.print("\n── " + missed.entries() + " entries are lost ──\n");
 *     case FrameFold.Effect.Nothing nothing -> {}
 * }
 * }</pre>
 *
 * <p>Not safe for several threads.
 */
public final class FrameFold {
    private Fold fold = new Fold();

    /** What a frame did to the text. */
    public sealed interface Effect {
        /** This was put at the end. */
        record Appended(String text) implements Effect {}

        /** Something was removed; this is what stands now, all of it. */
        record Rewound(String standing) implements Effect {}

        /** So many entries that stood are lost. */
        record Missed(long entries) implements Effect {}

        /** The text is what it was. */
        record Nothing() implements Effect {}
    }

    /**
     * Applies a frame.
     *
     * @param event its name
     * @param step who sent the chunk; null for every other event
     * @param data its JSON
     * @throws IllegalArgumentException if it is not a frame of a stream: what was received is not from Holdfast
     */
    public Effect apply(String event, @Nullable String step, String data) {
        return switch (event) {
            case "chunk" -> {
                if (step == null) throw new IllegalArgumentException("a chunk does not say who sent it");
                fold.apply(new Item.Chunk(Source.parse(step), data));
                yield new Effect.Appended(JsonText.shown(data));
            }
            case "rewind" -> {
                int before = fold.size();
                if (FrameData.dropsAll(data)) fold = new Fold();
                else fold.apply(new Item.Rewind(FrameData.drop(data)));
                yield fold.size() == before ? new Effect.Nothing() : new Effect.Rewound(fold.text());
            }
            case "gap" -> {
                long entries = FrameData.missing(data);
                fold.apply(new Item.Gap(entries));
                yield new Effect.Missed(entries);
            }
            default -> new Effect.Nothing();
        };
    }

    /** The text as it stands. */
    public String text() {
        return fold.text();
    }

    /** The chunks as they stand. */
    public List<Item.Chunk> chunks() {
        return fold.chunks();
    }

    /** How many entries are lost, 0 if the text is whole. */
    public long missing() {
        return fold.missing();
    }
}
