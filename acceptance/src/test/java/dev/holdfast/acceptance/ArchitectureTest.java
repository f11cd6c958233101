package dev.holdfast.acceptance;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** The arrows between the modules, and what each of them must do without. */
@AnalyzeClasses(packages = "dev.holdfast", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    void every_package_belongs_to_a_known_module(JavaClasses classes) {
        var found = classes.stream().map(c -> Modules.of(c.getPackageName())).collect(toSet());
        assertThat(found).as("a new module needs its arrows in Modules").isSubsetOf(Modules.all());
        // A rule about classes that are not there would pass.
        assertThat(found).as("modules with classes").contains("core", "engine", "cli");
    }

    @ArchTest
    void modules_follow_the_arrows(JavaClasses classes) {
        for (String module : Modules.all()) {
            var usable = Modules.usableFrom(module);
            noClasses()
                    .that()
                    .resideInAPackage(Modules.ROOT + module + "..")
                    .should()
                    .dependOnClassesThat(describe(
                            "lie in a module of ours other than " + usable,
                            (JavaClass c) -> c.getPackageName().startsWith(Modules.ROOT)
                                    && !usable.contains(Modules.of(c.getPackageName()))))
                    .because("the arrows of ARCHITECTURE.md do not lead there")
                    .allowEmptyShould(true)
                    .check(classes);
        }
    }

    @ArchTest
    static final ArchRule packages_of_postgres_have_no_cycle = slices().matching(Modules.ROOT + "(**)")
            .that(describe(
                    "are packages of postgres",
                    slice -> Modules.of(Modules.ROOT + slice.getNamePart(1)).equals("postgres")))
            .should()
            .beFreeOfCycles()
            .because("the ledger knows who is alive, what a replica shows and how sessions are made, and they not the"
                    + " ledger");

    @ArchTest
    static final ArchRule core_needs_the_jdk_only = classes()
            .that()
            .resideInAPackage("dev.holdfast.core..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.holdfast.core..", "java..", "org.jspecify.annotations..")
            .because("rules are plain Java, for any user's class path");

    @ArchTest
    static final ArchRule core_is_pure = noClasses()
            .that()
            .resideInAPackage("dev.holdfast.core..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.net..", "java.nio.file..", "java.nio.channels..", "java.sql..", "java.util.concurrent..")
            .because("rules decide and others act: no I/O, no threads");

    @ArchTest
    static final ArchRule time_threads_and_randomness_come_through_ports = noClasses()
            .that(live("core", "sdk", "engine").and(DescribedPredicate.not(Unrepeatable.implementPorts())))
            .and()
            .resideOutsideOfPackage("dev.holdfast.sdk.remote..")
            .should()
            .accessTargetWhere(Unrepeatable.target())
            .because("a simulation must be able to repeat a run from its seed: use Threads, Bell, Clock and Ids");

    @ArchTest
    static final ArchRule nothing_of_a_node_asks_others_over_http = noClasses()
            .that()
            .resideOutsideOfPackages("dev.holdfast.sdk.remote..", "dev.holdfast.server..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.holdfast.sdk.remote..")
            .because("it has the JDK's threads and time, which no simulation can repeat");

    @ArchTest
    static final ArchRule locks_come_through_ports = noClasses()
            .that(live("engine").and(DescribedPredicate.not(Unrepeatable.implementPorts())))
            .should()
            .dependOnClassesThat()
            .haveNameMatching(
                    "java\\.util\\.concurrent\\.(locks\\.(Reentrant|Stamped).*|Semaphore|CountDownLatch|CyclicBarrier"
                            + "|Phaser|Exchanger|.*Queue)")
            .orShould(waitForAThread())
            .because("a thread that waits for another one must be known to a simulation: use Threads");

    private static ArchCondition<JavaClass> waitForAThread() {
        return new ArchCondition<>("wait for a thread or a monitor by itself") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (JavaMethodCall call : type.getMethodCallsFromSelf()) {
                    String name = call.getName();
                    boolean joins = name.equals("join") && call.getTargetOwner().isAssignableTo(Thread.class);
                    boolean waits = name.equals("wait") && call.getTargetOwner().isEquivalentTo(Object.class);
                    events.add(new SimpleConditionEvent(type, joins || waits, call.getDescription()));
                }
            }
        };
    }

    @ArchTest
    static final ArchRule jackson_stays_inside = classes()
            .that(live("core", "sdk", "engine", "testkit", "sql", "sqlite", "postgres", "nats", "node", "server"))
            .should(PublicSurface.notMention("tools.jackson", "com.fasterxml.jackson"))
            .because("users choose their own Jackson, and ours may change");

    @ArchTest
    static final ArchRule libraries_stay_in_their_module = noClasses()
            .that()
            .resideOutsideOfPackages("dev.holdfast.sqlite..", "dev.holdfast.postgres..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.sqlite..", "org.postgresql..", "org.flywaydb..")
            .because("a database belongs to the store that is made for it");

    @ArchTest
    static final ArchRule nats_stays_in_its_module = noClasses()
            .that()
            .resideOutsideOfPackages("dev.holdfast.nats..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.nats..")
            .because("a node without NATS does not load its client");

    @ArchTest
    static final ArchRule http_server_stays_in_server = noClasses()
            .that()
            .resideOutsideOfPackages("dev.holdfast.server..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.helidon..", "io.opentelemetry.sdk..", "io.prometheus..")
            .because("the engine measures through the API; the server decides what becomes of it");

    private static DescribedPredicate<JavaClass> live(String... modules) {
        DescribedPredicate<JavaClass> any = DescribedPredicate.alwaysFalse();
        for (String module : modules) {
            any = any.or(JavaClass.Predicates.resideInAPackage(Modules.ROOT + module + ".."));
        }
        return any.as("live in %s", String.join(", ", modules));
    }
}
