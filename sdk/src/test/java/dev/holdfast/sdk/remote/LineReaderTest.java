package dev.holdfast.sdk.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class LineReaderTest {
    private static final int AHEAD = 256;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Who takes them slowly has as many waiting as are read ahead when the connection breaks. */
    @Test
    void whoIsSlowIsToldAtOnceThatTheConnectionBroke() throws Exception {
        // It matters which of the two comes first, so they meet often.
        for (int i = 0; i < 50; i++) {
            var broke = new CountDownLatch(1);
            try (var reader = new LineReader(breaking(broke))) {
                broke.await();
                long begun = System.nanoTime();
                for (int line = 0; line < AHEAD; line++)
                    assertThat(reader.next(PATIENCE)).hasValue("x");
                assertThat(reader.next(PATIENCE)).isEmpty();
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PATIENCE);
            }
        }
    }

    private static InputStream breaking(CountDownLatch broke) {
        byte[] lines = "x\n".repeat(AHEAD).getBytes(StandardCharsets.US_ASCII);
        return new SequenceInputStream(new ByteArrayInputStream(lines), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("it broke");
            }

            @Override
            public int read(byte[] into, int from, int most) throws IOException {
                return read();
            }

            @Override
            public void close() {
                broke.countDown();
            }
        });
    }
}
