package dev.holdfast.engine.port;

import java.util.Map;

/**
 * What a ledger has done since it was opened.
 *
 * @param batches transactions committed
 * @param changes changes answered, refused ones included
 * @param stale changes that were refused by the fence
 * @param batchSizes how many batches answered exactly this many callers
 * @param durability settings read back from the writing connection, by name
 */
public record LedgerFigures(
        long batches, long changes, long stale, Map<Integer, Long> batchSizes, Map<String, String> durability) {}
