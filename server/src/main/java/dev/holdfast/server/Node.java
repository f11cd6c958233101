package dev.holdfast.server;

import dev.holdfast.engine.Runs;
import java.util.List;
import java.util.SortedMap;

/** What a server shows: the runs of one node, and what the node tells of itself. */
public interface Node {
    Runs runs();

    /** The version of the code for each task that is hosted, by the task's name. */
    SortedMap<String, String> hosted();

    /** What was counted since the node was opened; read at every scrape of {@code /metrics}. */
    List<Figure> figures();
}
