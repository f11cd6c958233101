package dev.holdfast.server;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import io.opentelemetry.exporter.prometheus.PrometheusMetricReader;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * The page that Prometheus reads. The engine counts with the {@link #meter()}; what others count by themselves is asked
 * for when somebody reads the page.
 */
final class Metrics {
    private final Callable<List<Figure>> figures;
    private final Set<String> known = new HashSet<>();
    private final List<AutoCloseable> callbacks = new ArrayList<>();
    private volatile List<Figure> newest = List.of();
    private final PrometheusMetricReader reader = PrometheusMetricReader.builder()
            .setOtelScopeLabelsEnabled(false)
            .setTargetInfoMetricEnabled(false)
            .build();
    private final Meter meter;

    Metrics(Callable<List<Figure>> figures) {
        this.figures = figures;
        this.meter =
                SdkMeterProvider.builder().registerMetricReader(reader).build().get("dev.holdfast");
    }

    Meter meter() {
        return meter;
    }

    /** One page at a time, so that all of its figures were read at one moment. */
    Answer.Whole page() throws Exception {
        List<Figure> read = figures.call();
        return page(read);
    }

    private synchronized Answer.Whole page(List<Figure> read) throws IOException {
        newest = read;
        for (Figure figure : newest) {
            if (known.add(figure.name())) observe(figure);
        }
        var text = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create().write(text, reader.collect(), EscapingScheme.UNDERSCORE_ESCAPING);
        return new Answer.Whole(
                200, PrometheusTextFormatWriter.CONTENT_TYPE, text.toString(StandardCharsets.UTF_8), Map.of());
    }

    private void observe(Figure first) {
        String name = first.name();
        callbacks.add(
                switch (first.kind()) {
                    case COUNTER ->
                        meter.counterBuilder(name)
                                .setDescription(first.help())
                                .buildWithCallback(out -> record(name, out));
                    case GAUGE ->
                        meter.gaugeBuilder(name)
                                .ofLongs()
                                .setDescription(first.help())
                                .buildWithCallback(out -> record(name, out));
                });
    }

    private void record(String name, ObservableLongMeasurement out) {
        for (Figure figure : newest) {
            if (figure.name().equals(name)) out.record(figure.value(), attributes(figure.labels()));
        }
    }

    private static Attributes attributes(Map<String, String> labels) {
        AttributesBuilder all = Attributes.builder();
        labels.forEach(all::put);
        return all.build();
    }
}
