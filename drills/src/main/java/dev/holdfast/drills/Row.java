package dev.holdfast.drills;

import dev.holdfast.drills.Look.Tone;
import java.util.Arrays;

/** A line of a picture: a cell for each column, each with its tone. What is put later covers what was there. */
final class Row {
    private final char[] cells;
    private final Tone[] tones;

    Row(int width) {
        cells = new char[width];
        tones = new Tone[width];
        Arrays.fill(cells, ' ');
        Arrays.fill(tones, Tone.PLAIN);
    }

    void put(int column, char sign, Tone tone) {
        if (column < 0 || column >= cells.length) return;
        cells[column] = sign;
        tones[column] = tone;
    }

    void put(int column, String text, Tone tone) {
        for (int i = 0; i < text.length(); i++) put(column + i, text.charAt(i), tone);
    }

    /** From this column up to, and without, that one. */
    void fill(int from, int to, char sign, Tone tone) {
        for (int i = from; i < to; i++) put(i, sign, tone);
    }

    /** Neighbours of one tone are painted with one stroke. */
    String painted(Look look) {
        var line = new StringBuilder();
        int end = cells.length;
        while (end > 0 && cells[end - 1] == ' ') end--;
        for (int i = 0; i < end; ) {
            int j = i;
            while (j < end && tones[j] == tones[i]) j++;
            line.append(look.paint(new String(cells, i, j - i), tones[i]));
            i = j;
        }
        return line.toString();
    }
}
