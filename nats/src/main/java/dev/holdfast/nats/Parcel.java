package dev.holdfast.nats;

import dev.holdfast.core.RunId;
import dev.holdfast.core.stream.Entry;
import dev.holdfast.core.stream.Item;
import io.nats.client.impl.Headers;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some entries of one run, appended by one epoch: a message.
 *
 * @param first the number of the first
 * @param behind the number of the entry behind which that stands
 */
record Parcel(long epoch, long first, long behind, List<Item> items) {
    private static final String EPOCH = "Holdfast-Epoch";
    private static final String NUMBERS = "Holdfast-Numbers";
    /** Only where it is not the number before the first: where an epoch opens. */
    private static final String BEHIND = "Holdfast-Behind";

    private static final String OUTLINE = "Holdfast-Outline";
    /** Names of headers, and what is around them. */
    private static final int MOST_OUTLINE = 30_000;

    Parcel {
        items = List.copyOf(items);
    }

    Parcel(long epoch, long first, List<Item> items) {
        this(epoch, first, first - 1, items);
    }

    /** The same, behind another entry. */
    Parcel behind(long number) {
        return new Parcel(epoch, first, number, items);
    }

    long last() {
        return first + items.size() - 1;
    }

    List<Entry> entries() {
        var entries = new ArrayList<Entry>(items.size());
        for (int i = 0; i < items.size(); i++) {
            entries.add(new Entry(first + i, i == 0 ? behind : first + i - 1, epoch, items.get(i)));
        }
        return entries;
    }

    /** Two that say the same of a run are the same. */
    String id(RunId run) {
        return run + ":" + epoch + ":" + first + "-" + last();
    }

    Headers headers() {
        var headers = new Headers()
                .put(EPOCH, Long.toString(epoch))
                .put(NUMBERS, first + "-" + last())
                .put(OUTLINE, Outline.write(items));
        return behind == first - 1 ? headers : headers.put(BEHIND, Long.toString(behind));
    }

    byte[] body() {
        var body = new ByteArrayOutputStream();
        boolean any = false;
        for (Item item : items) {
            byte[] data = Outline.data(item);
            if (data == null) continue;
            if (any) body.write(0);
            body.writeBytes(data);
            any = true;
        }
        return body.toByteArray();
    }

    /** Whether the headers alone say all but the data of chunks. */
    static boolean needsBody(@Nullable Headers headers) {
        String outline = headers == null ? null : headers.getFirst(OUTLINE);
        return outline != null && Outline.needsBody(outline);
    }

    /**
     * Reads a message.
     *
     * @param body empty to leave out the data of chunks
     * @param where for people
     */
    static Parcel read(@Nullable Headers headers, byte @Nullable [] body, String where) {
        String epoch = headers == null ? null : headers.getFirst(EPOCH);
        String numbers = headers == null ? null : headers.getFirst(NUMBERS);
        String outline = headers == null ? null : headers.getFirst(OUTLINE);
        String behind = headers == null ? null : headers.getFirst(BEHIND);
        if (epoch == null || numbers == null || outline == null) {
            throw new IllegalStateException("message " + where + " is none of Holdfast's: nobody else may write there");
        }
        long first = Long.parseLong(numbers.substring(0, numbers.indexOf('-')));
        return new Parcel(
                Long.parseLong(epoch),
                first,
                behind == null ? first - 1 : Long.parseLong(behind),
                Outline.read(outline, data(body).iterator()));
    }

    private static List<String> data(byte @Nullable [] body) {
        if (body == null || body.length == 0) return Collections.emptyList();
        return Arrays.asList(new String(body, StandardCharsets.UTF_8).split("\0", -1));
    }

    /**
     * As many as these take.
     *
     * @param room for the body of each, in bytes, if it has more than one entry
     */
    static List<Parcel> of(long epoch, long first, List<Item> items, int room) {
        var parcels = new ArrayList<Parcel>();
        var some = new ArrayList<Item>();
        long size = 0;
        long outline = 0;
        for (Item item : items) {
            byte[] data = Outline.data(item);
            int more = data == null ? 0 : data.length + 1;
            int word = Outline.word(item).length() + 1;
            if (!some.isEmpty() && (size + more > room || outline + word > MOST_OUTLINE)) {
                parcels.add(new Parcel(epoch, first, some));
                first += some.size();
                some.clear();
                size = 0;
                outline = 0;
            }
            some.add(item);
            size += more;
            outline += word;
        }
        parcels.add(new Parcel(epoch, first, some));
        return parcels;
    }
}
