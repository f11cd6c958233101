package dev.holdfast.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;

/** One watcher's answer, byte by byte: HTTP's chunks are taken apart, lines are put together, and times are read. */
final class Hearer {
    private static final String OK = "HTTP/1.1 200";
    private static final int LONGEST_LINE = 4_096;

    private final LongConsumer times;
    private final byte[] line = new byte[LONGEST_LINE];
    private int length;
    private State state = State.HEAD;
    private boolean began;
    /** Of HTTP's chunk: what is left of it. */
    private int left;

    private boolean chunk;
    private boolean over;

    private enum State {
        HEAD,
        SIZE,
        DATA,
        AFTER
    }

    /** @param times gets the time in each chunk of the run */
    Hearer(LongConsumer times) {
        this.times = times;
    }

    /** Whether the run has ended. */
    boolean isOver() {
        return over;
    }

    void take(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            byte next = bytes.get();
            switch (state) {
                case HEAD -> head(next);
                case SIZE -> size(next);
                case DATA -> {
                    data(next);
                    if (--left == 0) state = State.AFTER;
                }
                case AFTER -> {
                    if (next == '\n') state = State.SIZE;
                }
            }
        }
    }

    private void head(byte next) {
        if (next == '\r') return;
        if (next != '\n') {
            add(next);
            return;
        }
        if (!began && !text(0).startsWith(OK)) throw new IllegalStateException("a watcher was answered " + text(0));
        began = true;
        if (length == 0) state = State.SIZE;
        length = 0;
    }

    private void size(byte next) {
        if (next == '\n') state = left == 0 ? State.AFTER : State.DATA;
        else if (next != '\r') left = left * 16 + Character.digit(next, 16);
    }

    private void data(byte next) {
        if (next != '\n') {
            add(next);
            return;
        }
        if (is("event: ")) {
            chunk = text(7).equals("chunk");
            over = text(7).equals("done");
        } else if (chunk && is("data: ")) {
            times.accept(time());
        }
        length = 0;
    }

    /** The number at the end of an object. */
    private long time() {
        long number = 0;
        long digit = 1;
        for (int i = length - 2; i >= 0 && line[i] >= '0' && line[i] <= '9'; i--) {
            number += digit * (line[i] - '0');
            digit *= 10;
        }
        return number;
    }

    private boolean is(String beginning) {
        if (length < beginning.length()) return false;
        for (int i = 0; i < beginning.length(); i++) if (line[i] != beginning.charAt(i)) return false;
        return true;
    }

    private String text(int begin) {
        return new String(line, begin, length - begin, StandardCharsets.US_ASCII);
    }

    /** Only what is longer than any line of a load is cut. */
    private void add(byte next) {
        if (length < LONGEST_LINE) line[length++] = next;
    }
}
