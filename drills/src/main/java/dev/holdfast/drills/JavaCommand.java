package dev.holdfast.drills;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of a Java process like this one. */
public final class JavaCommand {
    private JavaCommand() {}

    /** Same Java, same class path, and the options of the virtual machine that are good for a child too. */
    public static List<String> like(String main, String... arguments) {
        return on(System.getProperty("java.class.path"), main, arguments);
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
