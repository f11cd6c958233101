package dev.holdfast.sdk;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import org.jspecify.annotations.Nullable;

/**
 * The type of a recorded value, generics included.
 *
 * <pre>{@code new TypeRef<List<Order>>() {} }</pre>
 *
 * <p>It must say everything: a type variable, a wildcard or a generic class without its arguments could not be read
 * back, and is refused by name when the TypeRef is made.
 */
public abstract class TypeRef<T extends @Nullable Object> {
    private final Type type;

    /**
     * @throws IllegalArgumentException if the type leaves something open
     */
    protected TypeRef() {
        if (!(getClass().getGenericSuperclass() instanceof ParameterizedType self)
                || self.getRawType() != TypeRef.class) {
            throw new IllegalArgumentException("Give " + getClass().getName()
                    + " its type in place: new TypeRef<List<Order>>() {}, directly and with its argument.");
        }
        type = self.getActualTypeArguments()[0];
        check(type, type);
    }

    private TypeRef(Class<?> type) {
        this.type = type;
        check(type, type);
    }

    /**
     * The type that this class is.
     *
     * @throws IllegalArgumentException if the class is generic
     */
    public static <T extends @Nullable Object> TypeRef<T> of(Class<T> type) {
        return new TypeRef<T>(type) {};
    }

    /** The type with its arguments. */
    public final Type type() {
        return type;
    }

    private static void check(Type part, Type whole) {
        switch (part) {
            case Class<?> c when c.isArray() -> check(c.getComponentType(), whole);
            case Class<?> c
            when c.getTypeParameters().length > 0 ->
                throw open(
                        whole,
                        c.getSimpleName() + " without its type arguments",
                        "write new TypeRef<" + c.getSimpleName() + "<…>>() {}");
            case ParameterizedType p -> {
                for (Type argument : p.getActualTypeArguments()) check(argument, whole);
            }
            case GenericArrayType a -> check(a.getGenericComponentType(), whole);
            case TypeVariable<?> v ->
                throw open(
                        whole,
                        "the type variable " + v.getName(),
                        "take a TypeRef as a parameter and let the caller name the type");
            case WildcardType w -> throw open(whole, "the wildcard " + w, "name one type");
            default -> {}
        }
    }

    private static IllegalArgumentException open(Type whole, String what, String instead) {
        return new IllegalArgumentException(
                "The type %s contains %s, so that a recorded value could not be read back: %s."
                        .formatted(whole.getTypeName(), what, instead));
    }

    @Override
    public final boolean equals(@Nullable Object other) {
        return other instanceof TypeRef<?> that && type.equals(that.type);
    }

    @Override
    public final int hashCode() {
        return type.hashCode();
    }

    @Override
    public final String toString() {
        return type.getTypeName();
    }
}
