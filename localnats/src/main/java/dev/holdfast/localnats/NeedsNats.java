package dev.holdfast.localnats;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A test that starts NATS servers. Skipped where none is installed; but with {@code HOLDFAST_TESTS=all} it is tried, and fails.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsNats.Condition.class)
public @interface NeedsNats {
    /** Whether one is installed. */
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (Installed.find().isPresent()) return ConditionEvaluationResult.enabled("nats-server is installed");
            if ("all".equals(System.getenv("HOLDFAST_TESTS"))) {
                return ConditionEvaluationResult.enabled("all tests were asked for, also those that cannot pass");
            }
            return ConditionEvaluationResult.disabled(Installed.MISSING);
        }
    }
}
