package dev.holdfast.engine.port;

import java.util.Map;

/**
 * What a ledger has done since it was opened.
 *
 * @param batches transactions committed
 * @param changes changes answered, refused ones included
 * @param stale changes that were refused by the fence
 * @param batchSizes how many batches made exactly this many changes; a claim is one of each run that it gives
 * @param durability settings read back from the writing connection, by name
 */
public record LedgerFigures(
        long batches, long changes, long stale, Map<Integer, Long> batchSizes, Map<String, String> durability) {}
