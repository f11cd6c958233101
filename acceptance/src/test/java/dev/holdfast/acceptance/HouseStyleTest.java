package dev.holdfast.acceptance;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;

/** The rules of style that a machine can read. */
@AnalyzeClasses(packages = "dev.holdfast", importOptions = ImportOption.DoNotIncludeTests.class)
class HouseStyleTest {
    private static final int MOST_PARAMETERS = 5;
    private static final int MOST_COMPONENTS = 8;

    @ArchTest
    static final ArchRule nullness_is_declared = classes().should(lieInANullMarkedPackage());

    @ArchTest
    static final ArchRule constructors_are_short = classes()
            .should(haveShortConstructors())
            .because("a sixth parameter, or a ninth component, is a record that has no name yet");

    @ArchTest
    static final ArchRule no_static_state = noFields()
            .that()
            .areStatic()
            .should()
            .notBeFinal()
            .because("what a class shares with everybody cannot be tested, simulated or run twice in one process");

    @ArchTest
    static final ArchRule no_boolean_parameters = classes()
            .should(haveNoBooleanParameters())
            .because("f(true) does not say what it does: two methods or an enum do");

    private static ArchCondition<JavaClass> lieInANullMarkedPackage() {
        return condition("lie in a package marked @NullMarked", (type, events) -> {
            if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
                violated(events, type, type.getPackageName() + " has no package-info.java with @NullMarked");
            }
        });
    }

    private static ArchCondition<JavaClass> haveShortConstructors() {
        return condition("have short constructors", (type, events) -> {
            // The compiler gives these more parameters than the source shows.
            if (type.isEnum() || type.isLocalClass() || type.isAnonymousClass()) {
                return;
            }
            int most = type.isRecord() ? MOST_COMPONENTS : MOST_PARAMETERS;
            type.getConstructors().stream()
                    .filter(constructor -> constructor.getRawParameterTypes().size() > most)
                    .forEach(constructor -> violated(
                            events,
                            type,
                            constructor.getFullName() + " has "
                                    + constructor.getRawParameterTypes().size() + " parameters; at most " + most));
        });
    }

    private static ArchCondition<JavaClass> haveNoBooleanParameters() {
        return condition("have no boolean parameters in public methods", (type, events) -> {
            if (!PublicSurface.isPublic(type)) {
                return;
            }
            type.getMethods().stream()
                    .filter(method -> PublicSurface.isVisible(method)
                            && !method.getModifiers().contains(JavaModifier.SYNTHETIC))
                    .filter(method -> method.getRawParameterTypes().stream()
                            .anyMatch(parameter -> parameter.isEquivalentTo(boolean.class)))
                    .forEach(method -> violated(events, type, method.getFullName() + " takes a boolean"));
        });
    }

    private interface Check {
        void check(JavaClass type, ConditionEvents events);
    }

    private static ArchCondition<JavaClass> condition(String description, Check check) {
        return new ArchCondition<>(description) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                check.check(type, events);
            }
        };
    }

    private static void violated(ConditionEvents events, JavaClass type, String message) {
        events.add(SimpleConditionEvent.violated(type, message));
    }
}
