package dev.holdfast.server;

import dev.holdfast.engine.Runs;
import dev.holdfast.engine.port.LedgerFigures;
import dev.holdfast.node.Holdfast;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a server shows: the runs of one node, and what the node tells of itself. */
interface Node {
    Runs runs();

    /** The version of the code for each task that is hosted, by the task's name. */
    SortedMap<String, String> hosted();

    int executing();

    LedgerFigures figures();

    static Node of(Holdfast holdfast) {
        var hosted = new TreeMap<String, String>();
        holdfast.hosted().forEach(h -> hosted.put(h.task().name(), h.task().version()));
        return new Node() {
            @Override
            public Runs runs() {
                return holdfast.runs();
            }

            @Override
            public SortedMap<String, String> hosted() {
                return hosted;
            }

            @Override
            public int executing() {
                return holdfast.executing();
            }

            @Override
            public LedgerFigures figures() {
                return holdfast.figures();
            }
        };
    }
}
