package dev.holdfast.sdk;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;

/** A component of a primitive type has no value for "missing"; zero would be a guess. */
final class PrimitivesAreRequired extends JacksonAnnotationIntrospector {
    @Override
    public @Nullable Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
        if (member instanceof AnnotatedParameter && member.getRawType().isPrimitive()) return true;
        return super.hasRequiredMarker(config, member);
    }
}
