package dev.holdfast.drills;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The command line of a Java process like this one. */
public final class JavaCommand {
    private JavaCommand() {}

    /** Same Java, same class path (jars first), and the options of the virtual machine that are good for a child too. */
    public static List<String> like(String main, String... arguments) {
        return on(foldersLast(System.getProperty("java.class.path")), main, arguments);
    }

    /** A start-up cache knows jars only, and is of use to whoever has the same ones first. */
    static String foldersLast(String classPath) {
        return Stream.of(classPath.split(File.pathSeparator, -1))
                .sorted(Comparator.comparing(entry -> !Files.isRegularFile(Path.of(entry))))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** As {@link #like}, on another class path. */
    public static List<String> on(String classPath, String main, String... arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(JavaCommand::isForChildren)
                .forEach(command::add);
        command.addAll(List.of("-cp", classPath, main));
        command.addAll(List.of(arguments));
        return List.copyOf(command);
    }

    /** Not agents, not system properties, and no cache that this process is about to write. */
    static boolean isForChildren(String option) {
        return option.startsWith("--enable-native-access")
                || option.startsWith("-XX:AOTCache=")
                // The cache fits one collector only, and is silently not used with another one.
                || option.matches("-XX:\\+Use\\w+GC")
                || option.startsWith("-Xlog:")
                || option.equals("-XX:+ExitOnOutOfMemoryError")
                || option.matches("-XX:[+-]UseTransparentHugePages")
                || option.startsWith("-XX:TieredStopAtLevel")
                || option.startsWith("-Xmx");
    }
}
