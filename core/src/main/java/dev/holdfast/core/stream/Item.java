package dev.holdfast.core.stream;

import java.util.List;

/** What an entry of a stream says. */
public sealed interface Item {

    /**
     * Something that the run sent.
     *
     * @param source who sent it
     * @param data JSON; a string's text is its content, anything else is shown as compact JSON and a newline
     */
    record Chunk(Source source, String data) implements Item {}

    /**
     * What came before from these sources does not stand, and is removed from what a watcher shows.
     *
     * @param drop who sent what does not stand; small, however long the run is
     */
    record Rewind(List<Source> drop) implements Item {
        public Rewind {
            drop = List.copyOf(drop);
        }
    }

    /**
     * Something that stood is not there any more, and will not come back.
     *
     * @param missing how many entries
     */
    record Gap(long missing) implements Item {}
}
