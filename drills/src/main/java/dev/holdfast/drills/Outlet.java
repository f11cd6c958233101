package dev.holdfast.drills;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where a drill says what it has to say.
 *
 * @param spec of the command
 * @param json whether for programs
 */
record Outlet(CommandSpec spec, boolean json) {
    /** The exit code if it could not be done. */
    static final int COULD_NOT = 3;

    static Progress progress() {
        return Terminal.isInteractive() ? Progress.oneLine(System.err) : Progress.lines(System.err);
    }

    /** @throws CommandLine.ParameterException if the value is not possible */
    void check(String option, int value, int least, int most) {
        if (value >= least && value <= most) return;
        throw new CommandLine.ParameterException(
                spec.commandLine(), option + " must be from " + least + " to " + most + ", is " + value);
    }

    /** @return the exit code */
    int couldNot(String why) {
        String message = "the drill could not be done: " + why;
        var error = new LinkedHashMap<String, Object>();
        error.put("code", "drill_impossible");
        error.put("message", message);
        error.put("exit", COULD_NOT);
        spec.commandLine()
                .getErr()
                .println(
                        json
                                ? JsonMapper.shared().writeValueAsString(error)
                                : "holdfast: drill_impossible: " + message);
        return COULD_NOT;
    }

    /**
     * Prints what was found.
     *
     * @param folder of the drill, which is removed if everything held
     * @param keep unless it is to be kept
     * @return the exit code
     */
    int tell(Report found, Path folder, boolean keep) throws IOException {
        Report report = found;
        if (keep || found.verdict() == Verdict.VIOLATED) {
            report = found.keptIn(folder.toString());
            Files.writeString(folder.resolve("report.json"), toJson(report));
        } else {
            CrashDrill.remove(folder);
        }
        var out = spec.commandLine().getOut();
        if (json) out.println(toJson(report));
        else out.print(new Summary(report, look()).written());
        out.flush();
        return report.verdict() == Verdict.HELD ? 0 : 1;
    }

    private static Look look() {
        var charset = Charset.forName(System.getProperty("stdout.encoding", "US-ASCII"));
        return new Look(Terminal.width(), Look.Signs.of(charset), Terminal.paint());
    }

    static String toJson(Object report) {
        return JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValueAsString(report);
    }
}
