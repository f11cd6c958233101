package dev.holdfast.server;

import dev.holdfast.engine.Runs;
import dev.holdfast.engine.port.LedgerFigures;
import dev.holdfast.node.KeyBook;
import dev.holdfast.node.Ring;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Another node, and how often its keys were read.
 *
 * @param looks counts
 */
record CountingNode(Node node, AtomicInteger looks) implements Node {
    @Override
    public KeyBook keys() {
        looks.incrementAndGet();
        return node.keys();
    }

    @Override
    public Runs runs() {
        return node.runs();
    }

    @Override
    public SortedMap<String, Hosting> hosted() {
        return node.hosted();
    }

    @Override
    public int executing() {
        return node.executing();
    }

    @Override
    public LedgerFigures figures() {
        return node.figures();
    }

    @Override
    public void demandOpen() {
        node.demandOpen();
    }

    @Override
    public void demandStreams() {
        node.demandStreams();
    }

    @Override
    public long unhosted() {
        return node.unhosted();
    }

    @Override
    public Ring ring() {
        return node.ring();
    }
}
