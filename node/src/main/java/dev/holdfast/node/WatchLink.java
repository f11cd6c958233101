package dev.holdfast.node;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The right of whoever has its token to watch one run for some time.
 *
 * @param key by which it was made, and with which it ends; null where no key was ever made, and everybody may watch
 * @param until when it ends
 */
public record WatchLink(@Nullable ApiKey key, Instant until) {}
