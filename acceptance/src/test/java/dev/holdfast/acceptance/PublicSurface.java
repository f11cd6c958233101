package dev.holdfast.acceptance;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.domain.properties.HasModifiers;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.stream.Stream;

/** What another module or a user can see: the signatures of public types, type arguments and exceptions included. */
final class PublicSurface {
    static ArchCondition<JavaClass> notMention(String... packages) {
        return new ArchCondition<>("not mention " + List.of(packages) + " in a public signature") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                if (!isPublic(type)) {
                    return;
                }
                signatures(type).forEach(signature -> {
                    for (JavaClass used : signature.types()) {
                        if (liesIn(used, packages)) {
                            events.add(SimpleConditionEvent.violated(
                                    type, signature.where() + " mentions " + used.getName()));
                        }
                    }
                });
            }
        };
    }

    /** Public, and not hidden in a type that is not. */
    static boolean isPublic(JavaClass type) {
        return isVisible(type)
                && type.getEnclosingClass().map(PublicSurface::isPublic).orElse(true);
    }

    static boolean isVisible(HasModifiers member) {
        return member.getModifiers().contains(JavaModifier.PUBLIC)
                || member.getModifiers().contains(JavaModifier.PROTECTED);
    }

    private record Signature(String where, List<JavaClass> types) {}

    private static Stream<Signature> signatures(JavaClass type) {
        var parents = Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
        var header = new Signature(type.getName(), involved(parents));
        var fields = type.getFields().stream()
                .filter(PublicSurface::isVisible)
                .map(field -> new Signature(field.getFullName(), involved(Stream.of(field.getType()))));
        var units = type.getCodeUnits().stream()
                .filter(PublicSurface::isVisible)
                .map(unit -> new Signature(unit.getFullName(), involved(typesOf(unit))));
        return Stream.concat(Stream.of(header), Stream.concat(fields, units));
    }

    private static Stream<JavaType> typesOf(JavaCodeUnit unit) {
        var thrown = unit.getExceptionTypes().stream().map(JavaType.class::cast);
        return Stream.concat(Stream.of(unit.getReturnType()), Stream.concat(unit.getParameterTypes().stream(), thrown));
    }

    private static List<JavaClass> involved(Stream<? extends JavaType> types) {
        return types.flatMap(type -> type.getAllInvolvedRawTypes().stream()).toList();
    }

    private static boolean liesIn(JavaClass type, String... packages) {
        return Stream.of(packages)
                .anyMatch(name -> type.getPackageName().equals(name)
                        || type.getPackageName().startsWith(name + "."));
    }

    private PublicSurface() {}
}
