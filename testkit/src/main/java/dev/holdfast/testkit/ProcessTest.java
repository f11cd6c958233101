package dev.holdfast.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * A test that starts, stops or kills real processes, or waits for real time-outs, for many seconds. Skipped unless
 * {@code HOLDFAST_TESTS=all}.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@EnabledIfEnvironmentVariable(
        named = "HOLDFAST_TESTS",
        matches = "all",
        disabledReason = "slow: starts real processes; set HOLDFAST_TESTS=all to run it")
public @interface ProcessTest {}
