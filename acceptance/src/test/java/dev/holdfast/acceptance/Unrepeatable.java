package dev.holdfast.acceptance;

import static com.tngtech.archunit.base.DescribedPredicate.describe;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaConstructor;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** What gives another result each time: time, new threads, timed waits, default pools, randomness, identity. */
final class Unrepeatable {
    private static final Set<String> PORTS = Set.of("Threads", "Bell", "Clock", "Ids");

    /** Method names by class; a constructor is {@code <init>}; {@code *} is everything. */
    private static final Map<String, Set<String>> METHODS = Map.ofEntries(
            Map.entry(
                    "java.lang.Thread",
                    Set.of(
                            JavaConstructor.CONSTRUCTOR_NAME,
                            "sleep",
                            "ofVirtual",
                            "ofPlatform",
                            "startVirtualThread",
                            "onSpinWait",
                            "yield")),
            Map.entry("java.lang.System", Set.of("nanoTime", "currentTimeMillis", "identityHashCode")),
            Map.entry("java.lang.Math", Set.of("random")),
            Map.entry("java.util.UUID", Set.of("randomUUID")),
            Map.entry("java.util.Random", Set.of(JavaConstructor.CONSTRUCTOR_NAME)),
            Map.entry("java.security.SecureRandom", Set.of("*")),
            Map.entry("java.util.concurrent.ThreadLocalRandom", Set.of("*")),
            Map.entry("java.util.IdentityHashMap", Set.of("*")),
            Map.entry("java.util.Timer", Set.of("*")),
            Map.entry("java.util.Date", Set.of(JavaConstructor.CONSTRUCTOR_NAME)),
            Map.entry("java.util.Collection", Set.of("parallelStream")),
            Map.entry("java.util.List", Set.of("parallelStream")),
            Map.entry("java.util.Set", Set.of("parallelStream")),
            Map.entry("java.util.stream.Stream", Set.of("parallel")),
            Map.entry("java.util.concurrent.Executors", Set.of("*")),
            Map.entry("java.util.concurrent.ForkJoinPool", Set.of("*")),
            Map.entry("java.util.concurrent.ThreadPoolExecutor", Set.of("*")),
            Map.entry("java.util.concurrent.ScheduledExecutorService", Set.of("*")),
            Map.entry("java.util.concurrent.ScheduledThreadPoolExecutor", Set.of("*")),
            Map.entry("java.util.concurrent.locks.LockSupport", Set.of("parkNanos", "parkUntil")),
            Map.entry("java.util.concurrent.locks.Condition", Set.of("awaitNanos", "awaitUntil")),
            Map.entry(
                    "java.util.concurrent.CompletableFuture",
                    Set.of("orTimeout", "completeOnTimeout", "delayedExecutor", "supplyAsync", "runAsync")));

    /** The classes through which all of it must go, with the classes inside them. */
    static DescribedPredicate<JavaClass> implementPorts() {
        return describe("implement " + PORTS, Unrepeatable::implementsPort);
    }

    private static boolean implementsPort(JavaClass type) {
        return PORTS.stream().anyMatch(port -> type.isAssignableTo("dev.holdfast.engine.port." + port))
                || type.getEnclosingClass().map(Unrepeatable::implementsPort).orElse(false);
    }

    static DescribedPredicate<JavaAccess<?>> target() {
        return describe("takes time, threads or randomness from the JDK", access -> {
            AccessTarget target = access.getTarget();
            return target instanceof CodeUnitAccessTarget unit && (isNamed(unit) || isNow(unit) || isTimed(unit));
        });
    }

    private static boolean isNamed(CodeUnitAccessTarget unit) {
        Set<String> names = METHODS.getOrDefault(unit.getOwner().getName(), Set.of());
        return names.contains(unit.getName()) || names.contains("*");
    }

    private static boolean isNow(CodeUnitAccessTarget unit) {
        return unit.getOwner().getPackageName().equals("java.time")
                && (unit.getName().equals("now") || unit.getName().startsWith("system"));
    }

    private static boolean isTimed(CodeUnitAccessTarget unit) {
        var types = unit.getRawParameterTypes();
        String name = unit.getName();
        if (name.equals("wait") || (name.equals("join") && unit.getOwner().isEquivalentTo(Thread.class))) {
            return !types.isEmpty();
        }
        return unit.getOwner().getPackageName().startsWith("java.util.concurrent")
                && !unit.getOwner().isEquivalentTo(TimeUnit.class)
                && types.stream().anyMatch(type -> type.isEquivalentTo(TimeUnit.class));
    }

    private Unrepeatable() {}
}
