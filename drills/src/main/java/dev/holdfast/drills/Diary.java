package dev.holdfast.drills;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * When user code executed, as it wrote that down itself: the file to which the task {@code metronome} appends, in every
 * process. It tells what was recorded and what was not.
 */
final class Diary {
    private static final String WHOLE = "(?:begin|end|left|stays) \\S+ \\d{1,9} \\d{1,18} \\d{1,18} \\d{1,18}";
    private static final Pattern LINE = Pattern.compile(WHOLE);
    /** A line behind the beginning of another one. */
    private static final Pattern BEHIND = Pattern.compile("(.+?)(" + WHOLE + ")");

    private static final int PARTS = 6;
    /** Which of them is the process. */
    private static final int PID = 4;

    private final Path file;
    private final int beats;
    private final List<Entry> entries = new ArrayList<>();
    /** Of each run, of its newest epoch. */
    private final Map<String, Entry> newest = new HashMap<>();

    private final List<Half> halves = new ArrayList<>();
    private final List<String> strange = new ArrayList<>();
    private long read;
    /** What is behind the last whole line. */
    private String rest = "";

    /**
     * @param file may not be there yet
     * @param beats of each run
     */
    Diary(Path file, int beats) {
        this.file = file;
        this.beats = beats;
    }

    /** What user code says of itself. */
    enum Word {
        /** The body of a step begins. */
        BEGIN("began"),
        END("ended"),
        /** It leaves before it is done. */
        LEFT("left"),
        /** It was told to leave and does not. */
        STAYS("still executed");

        private final String past;

        Word(String past) {
            this.past = past;
        }

        private String written() {
            return name().toLowerCase(Locale.ROOT);
        }

        @Override
        public String toString() {
            return past;
        }
    }

    /** @param micros since 1970 */
    record Entry(Word word, String run, int beat, long epoch, long pid, long micros) {
        /** @param line matches {@link #LINE} */
        static Entry parse(String line) {
            String[] parts = line.split(" ", -1);
            return new Entry(
                    Word.valueOf(parts[0].toUpperCase(Locale.ROOT)),
                    parts[1],
                    Integer.parseInt(parts[2]),
                    Long.parseLong(parts[3]),
                    Long.parseLong(parts[4]),
                    Long.parseLong(parts[5]));
        }

        boolean begins() {
            return word == Word.BEGIN;
        }

        boolean ends() {
            return word == Word.END;
        }
    }

    /**
     * The beginning of a line, of which the rest was not written.
     *
     * @param at how many whole lines are before it
     */
    private record Half(String text, int at) {
        /** Whether it is one, and does not name another process. */
        boolean mayBeOf(long pid) {
            String[] parts = text.split(" ", -1);
            if (!canGoOn(parts.length)) return false;
            if (parts.length <= PID) return true;
            String own = Long.toString(pid);
            return parts.length == PID + 1 ? own.startsWith(parts[PID]) : own.equals(parts[PID]);
        }

        private boolean canGoOn(int parts) {
            if (parts == 1)
                return Stream.of(Word.values()).anyMatch(word -> word.written().startsWith(text));
            return parts <= PARTS
                    && LINE.matcher(text + "1" + " 1".repeat(PARTS - parts)).matches();
        }
    }

    Path file() {
        return file;
    }

    int beats() {
        return beats;
    }

    /** What was written until now, in the order in which it was written. */
    synchronized List<Entry> entries() {
        read();
        return List.copyOf(entries);
    }

    private void read() {
        if (!Files.exists(file)) return;
        try (var in = new RandomAccessFile(file.toFile(), "r")) {
            byte[] more = new byte[Math.toIntExact(in.length() - read)];
            in.seek(read);
            in.readFully(more);
            int whole = more.length;
            while (whole > 0 && more[whole - 1] != '\n') whole--;
            new String(more, 0, whole, StandardCharsets.US_ASCII).lines().forEach(this::take);
            read += whole;
            rest = new String(more, whole, more.length - whole, StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** Who is killed in the middle of a line is followed by the next one that somebody else writes. */
    private void take(String line) {
        var behind = BEHIND.matcher(line);
        if (LINE.matcher(line).matches()) {
            add(Entry.parse(line));
        } else if (behind.matches()) {
            halves.add(new Half(behind.group(1), entries.size()));
            add(Entry.parse(behind.group(2)));
        } else {
            strange.add(line);
        }
    }

    private void add(Entry entry) {
        entries.add(entry);
        newest.merge(entry.run(), entry, Diary::newer);
    }

    private static Entry newer(Entry before, Entry now) {
        return now.epoch() < before.epoch() ? before : now;
    }

    /**
     * What nobody has to write: lines that are none, and beginnings of lines. A process that was killed may leave one of these,
     * as the last that it writes.
     *
     * @param killed such processes
     */
    synchronized List<String> broken(Set<Long> killed) {
        read();
        var left = new ArrayList<>(halves);
        if (!rest.isEmpty()) left.add(new Half(rest, entries.size()));
        for (long pid : killed) {
            left.stream().filter(half -> isLastOf(half, pid)).findFirst().ifPresent(left::remove);
        }
        return Stream.concat(strange.stream(), left.stream().map(Half::text))
                .map(text -> "the diary has '" + text + "', which is no line of it, and "
                        + (killed.isEmpty() ? "nobody was killed" : "nobody who was killed has left it"))
                .toList();
    }

    private boolean isLastOf(Half half, long pid) {
        return half.mayBeOf(pid)
                && entries.subList(half.at(), entries.size()).stream().noneMatch(entry -> entry.pid() == pid);
    }

    /** The same, run by run. */
    Map<String, List<Entry>> byRun() {
        var runs = new LinkedHashMap<String, List<Entry>>();
        for (Entry entry : entries()) {
            runs.computeIfAbsent(entry.run(), r -> new ArrayList<>()).add(entry);
        }
        return runs;
    }

    /**
     * The last that each run wrote before this moment, of those in whose newest epoch this process was then and had more to
     * do.
     */
    Map<String, Entry> inFlight(long pid, long micros) {
        var last = new LinkedHashMap<String, Entry>();
        for (Entry entry : entries()) {
            if (entry.micros() >= micros) continue;
            last.merge(entry.run(), entry, Diary::newer);
        }
        last.values().removeIf(entry -> entry.pid() != pid || isLast(entry));
        return last;
    }

    /**
     * Whether something is in flight in this process now. It is asked for in a moment in which others need the processor: it costs
     * what was written since it was asked the last time.
     */
    synchronized boolean isInFlight(long pid) {
        read();
        return newest.values().stream().anyMatch(entry -> entry.pid() == pid && !isLast(entry));
    }

    /** Whether something is in flight in this process that will be so for some more beats. */
    synchronized boolean isBusy(long pid) {
        read();
        return newest.values().stream().anyMatch(entry -> entry.pid() == pid && 3 * entry.beat() <= 2 * beats);
    }

    private boolean isLast(Entry entry) {
        return entry.ends() && entry.beat() == beats;
    }

    /** The last that this process wrote in each of these epochs. */
    Map<String, Entry> lastOf(long pid, Map<String, Entry> epochs) {
        var last = new LinkedHashMap<String, Entry>();
        for (Entry entry : entries()) {
            Entry asked = epochs.get(entry.run());
            if (asked != null && entry.pid() == pid && entry.epoch() == asked.epoch()) last.put(entry.run(), entry);
        }
        return last;
    }

    /**
     * What was in flight in this process at this moment and does not tell that its code has left: no word of that, and not the
     * end of all that it had to do.
     */
    Map<String, Entry> untold(long pid, long micros) {
        var last = lastOf(pid, inFlight(pid, micros));
        last.values().removeIf(entry -> entry.word() == Word.LEFT || entry.word() == Word.STAYS || isLast(entry));
        return last;
    }

    /** In which processes user code began after this moment. */
    Set<Long> activeSince(long micros) {
        var pids = new LinkedHashSet<Long>();
        for (Entry entry : entries()) {
            if (entry.begins() && entry.micros() > micros) pids.add(entry.pid());
        }
        return pids;
    }
}
