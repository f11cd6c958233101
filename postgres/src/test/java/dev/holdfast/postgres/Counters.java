package dev.holdfast.postgres;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import java.util.Map;
import java.util.TreeMap;

/** What was counted, asked for by a test. */
final class Counters implements MetricReader {
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("outcome");

    private CollectionRegistration registration = CollectionRegistration.noop();
    private final Meter meter =
            SdkMeterProvider.builder().registerMetricReader(this).build().get("test");

    Meter meter() {
        return meter;
    }

    /** Every counter that has moved, as {@code name{outcome}}. */
    Map<String, Long> all() {
        var all = new TreeMap<String, Long>();
        for (MetricData metric : registration.collectAllMetrics()) {
            for (var point : metric.getLongSumData().getPoints()) {
                all.put(metric.getName() + "{" + point.getAttributes().get(OUTCOME) + "}", point.getValue());
            }
        }
        return all;
    }

    @Override
    public void register(CollectionRegistration with) {
        registration = with;
    }

    @Override
    public AggregationTemporality getAggregationTemporality(InstrumentType type) {
        return AggregationTemporality.CUMULATIVE;
    }

    @Override
    public CompletableResultCode forceFlush() {
        return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
        return CompletableResultCode.ofSuccess();
    }
}
