package dev.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RunErrorTest {
    @Test
    void longTextsAreCut() {
        var error = new RunError("c", "t", "m".repeat(100_000), "s".repeat(100_000), true);
        assertThat(error.message()).hasSize(RunError.MESSAGE_LIMIT).endsWith("m…");
        assertThat(error.stack()).hasSize(RunError.STACK_LIMIT).endsWith("s…");
        assertThat(new RunError("c", "t", "m".repeat(RunError.MESSAGE_LIMIT), "", true).message())
                .endsWith("mm");
    }

    @Test
    void everyTextComesBackFromUtf8AsItIs() {
        String smile = "\uD83D\uDE00";
        for (String text :
                new String[] {"a\0b", "\uD83D", "x\uDE00y", smile.repeat(3_000), "a" + smile.repeat(3_000)}) {
            var error = new RunError(text, text, text, text, true);
            for (String kept : new String[] {error.code(), error.type(), error.message(), error.stack()}) {
                var utf8 = kept.getBytes(StandardCharsets.UTF_8);
                assertThat(new String(utf8, StandardCharsets.UTF_8))
                        .isEqualTo(kept)
                        .doesNotContain("\0");
            }
        }
        assertThat(new RunError("c", "t", smile, "", true).message()).isEqualTo(smile);
    }

    @Test
    void noRetryIsFinalAlsoAsACauseAndAlsoInsideAStep() {
        var no = new NoRetry("no");
        assertThat(RunError.of(new IllegalStateException("e")).retryable()).isTrue();
        assertThat(RunError.of(no).retryable()).isFalse();
        assertThat(RunError.of(new IllegalStateException(no)).retryable()).isFalse();
        var step = new StepFailed(StepKey.of(1), "list", RunError.of(no));
        assertThat(RunError.of(step).retryable()).isFalse();
        assertThat(RunError.of(new StepFailed(StepKey.of(1), "list", RunError.of(new Error("e"))))
                        .retryable())
                .isTrue();
    }

    @Test
    void anythingThrownCanBeRecorded() {
        assertThat(RunError.of(new IllegalStateException()).message()).isEqualTo("IllegalStateException");
        var evil = new RuntimeException() {
            @Override
            public String getMessage() {
                throw new UnsupportedOperationException("even this");
            }
        };
        assertThat(RunError.of(evil).message()).contains("cannot be read");
        var a = new RuntimeException("a");
        var b = new RuntimeException("b", a);
        a.initCause(b);
        assertThat(RunError.of(a).retryable()).isTrue();
    }

    /** Each of its methods fails, as one does whose fields are a ring. */
    private static final class Evil extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new StackOverflowError();
        }

        @Override
        public synchronized Throwable getCause() {
            throw new StackOverflowError();
        }
    }

    @Test
    void whatAnExceptionsOwnMethodsThrowNeverComesOut() {
        var error = RunError.of(new Evil());
        assertThat(error.type()).isEqualTo(Evil.class.getName());
        assertThat(error.message()).isEqualTo("its message cannot be read: java.lang.StackOverflowError");
        assertThat(error.retryable()).isTrue();
        assertThat(RunError.of(new NoRetry("no", new Evil())).retryable()).isFalse();
        assertThat(Thrown.causes(new IllegalStateException(null, new Evil()))).hasSize(2);
    }
}
