package dev.holdfast.engine;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where code is, for people who have to find out why it does not leave. */
final class Whereabouts {
    private static final List<String> OF_JAVA = List.of("java.", "jdk.", "sun.");

    private Whereabouts() {}

    /** The newest call of each thread that is not one of Java itself. */
    static String of(Collection<Thread> threads) {
        return threads.stream()
                .map(Thread::getStackTrace)
                .flatMap(Whereabouts::call)
                .collect(Collectors.joining(", "));
    }

    private static Stream<String> call(StackTraceElement[] calls) {
        return Stream.concat(Stream.of(calls).filter(call -> !isOfJava(call)), Stream.of(calls))
                .limit(1)
                .map(StackTraceElement::toString);
    }

    private static boolean isOfJava(StackTraceElement call) {
        return OF_JAVA.stream().anyMatch(call.getClassName()::startsWith);
    }
}
