package dev.holdfast.testkit.sim;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A port with a point before and after each of its calls. It is made for any port, so that a method that is added to one
 * cannot be forgotten here.
 */
public final class Gate {
    /** Answered from memory: nothing can happen around them. */
    private static final Set<String> QUIET =
            Set.of("now", "figures", "takes", "asksTakers", "toString", "hashCode", "equals");

    private final Turns turns;
    private final Traffic traffic;

    public Gate(Turns turns, Traffic traffic) {
        this.turns = turns;
        this.traffic = traffic;
    }

    /**
     * One call of a port.
     *
     * @param port its simple name, {@code Ledger}
     * @param method its name, {@code commit}
     * @param argument its first one, null if it has none
     */
    public record Call(String port, String method, @Nullable Object argument) {
        @Override
        public String toString() {
            return port + "." + method;
        }
    }

    /** What may be done to a call; both methods may throw what the port throws. */
    public interface Traffic {
        /**
         * It has not reached the other side.
         *
         * @return whether it goes on; otherwise it is lost, and answers null
         */
        boolean before(Call call);

        /** It was done at this moment: nothing else has happened since. */
        void done(Call call, @Nullable Object answer);

        /** Its answer comes back. */
        void after(Call call, @Nullable Object answer);
    }

    /** The port behind this gate. */
    public <T> T around(Class<T> port, T target) {
        return port.cast(Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, (proxy, method, args) -> {
            @Nullable Object[] arguments = args == null ? new Object[0] : args;
            if (QUIET.contains(method.getName())) return invoke(target, method, arguments);
            if (method.getReturnType().getPackage() == port.getPackage()
                    && method.getReturnType().isInterface()
                    && arguments.length == 0) {
                return gated(method.getReturnType(), invoke(target, method, arguments));
            }
            var call = new Call(port.getSimpleName(), method.getName(), arguments.length == 0 ? null : arguments[0]);
            turns.point(call + " >");
            if (!traffic.before(call)) return null;
            Object answer = invoke(target, method, arguments);
            traffic.done(call, answer);
            turns.point(call + " <");
            traffic.after(call, answer);
            return answer;
        }));
    }

    private <T> T gated(Class<T> port, @Nullable Object target) {
        if (target == null) throw new IllegalStateException("a port without " + port.getSimpleName());
        return around(port, port.cast(target));
    }

    private static @Nullable Object invoke(Object target, Method method, @Nullable Object[] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }
}
