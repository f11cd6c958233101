package dev.holdfast.core.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The data of the frames that have a form of their own: written by the reading side, read by {@link FrameFold}. */
public final class FrameData {
    /** The data of a rewind frame that takes back all that was sent: the log has lost some of it, and it is all told again. */
    public static final String REWIND_ALL = "{\"drop\":[\"*\"]}";

    private static final String ALL = "*";

    private FrameData() {}

    /** The data of a rewind frame: {@code {"drop":["3/1","4/0"]}}. */
    public static String rewind(List<Source> drop) {
        return drop.stream()
                .map(source -> JsonText.quote(source.toString()))
                .collect(Collectors.joining(",", "{\"drop\":[", "]}"));
    }

    /** The data of a gap frame: {@code {"missing":2}}. */
    public static String gap(long missing) {
        return "{\"missing\":" + missing + "}";
    }

    /** Whom a rewind frame with this data names. */
    static List<Source> drop(String data) {
        return names(data).stream().map(Source::parse).toList();
    }

    /** Whether that is everybody: see {@link #REWIND_ALL}. */
    static boolean dropsAll(String data) {
        return names(data).contains(ALL);
    }

    private static List<String> names(String data) {
        int at = valueOf("drop", data);
        if (at >= data.length() || data.charAt(at) != '[') throw strange("drop", data);
        var names = new ArrayList<String>();
        for (at++; at < data.length() && data.charAt(at) != ']'; at++) {
            if (data.charAt(at) != '"') continue;
            int end = JsonText.endOfString(data, at);
            names.add(JsonText.unquote(data.substring(at, end + 1)));
            at = end;
        }
        return names;
    }

    /** How many entries a gap frame with this data says are missing. */
    static long missing(String data) {
        int at = valueOf("missing", data);
        int end = at;
        while (end < data.length() && Character.isDigit(data.charAt(end))) end++;
        if (end == at) throw strange("missing", data);
        return Long.parseLong(data, at, end, 10);
    }

    /** Where the value of this field begins. The objects are flat and ours; fields may be added to them. */
    private static int valueOf(String field, String data) {
        int at = data.indexOf('"' + field + '"');
        if (at < 0) throw strange(field, data);
        at += field.length() + 2;
        while (at < data.length() && (Character.isWhitespace(data.charAt(at)) || data.charAt(at) == ':')) at++;
        return at;
    }

    private static IllegalArgumentException strange(String field, String data) {
        return new IllegalArgumentException("not a frame of a stream, '" + field + "' is missing in: " + data);
    }
}
