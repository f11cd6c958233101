package dev.holdfast.server;

import dev.holdfast.engine.Runs;
import dev.holdfast.engine.port.LedgerFigures;
import dev.holdfast.node.Holdfast;
import dev.holdfast.node.KeyBook;
import dev.holdfast.node.Ring;
import dev.holdfast.sdk.Codec;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a server shows: the runs of one node, and what the node tells of itself. */
interface Node {
    Runs runs();

    /** The tasks that are hosted, by name. */
    SortedMap<String, Hosting> hosted();

    int executing();

    LedgerFigures figures();

    /** @throws dev.holdfast.core.Unavailable with the reason, unless new runs are taken */
    void demandOpen();

    /** @throws dev.holdfast.core.Unavailable if what runs send can be neither stored nor shown now */
    void demandStreams();

    /**
     * How many runs wait for code that no node hosts.
     *
     * @throws dev.holdfast.core.Unavailable if the ledger cannot be asked
     */
    long unhosted();

    /** @throws dev.holdfast.core.Unavailable while the node is none */
    Ring ring();

    /** @throws dev.holdfast.core.Unavailable if they cannot be read */
    KeyBook keys();

    static Node of(Holdfast holdfast) {
        var hosted = new TreeMap<String, Hosting>();
        var codec = Codec.json();
        holdfast.hosted().forEach(h -> hosted.put(h.task().name(), Hosting.of(h.task(), codec)));
        return new Node() {
            @Override
            public Runs runs() {
                return holdfast.runs();
            }

            @Override
            public SortedMap<String, Hosting> hosted() {
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

            @Override
            public void demandOpen() {
                holdfast.demandOpen();
            }

            @Override
            public void demandStreams() {
                holdfast.demandStreams();
            }

            @Override
            public long unhosted() {
                return holdfast.unhosted();
            }

            @Override
            public Ring ring() {
                return holdfast.ring();
            }

            @Override
            public KeyBook keys() {
                return holdfast.keys();
            }
        };
    }
}
