package dev.holdfast.node;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.metrics.DoubleGaugeBuilder;
import io.opentelemetry.api.metrics.DoubleHistogramBuilder;
import io.opentelemetry.api.metrics.LongCounterBuilder;
import io.opentelemetry.api.metrics.LongGaugeBuilder;
import io.opentelemetry.api.metrics.LongUpDownCounterBuilder;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableDoubleGauge;
import io.opentelemetry.api.metrics.ObservableDoubleMeasurement;
import io.opentelemetry.api.metrics.ObservableLongGauge;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A meter that measures nothing and knows which gauges would be asked. */
final class Gauges implements Meter {
    private final Meter nothing = OpenTelemetry.noop().getMeter("test");
    private final List<String> open = new CopyOnWriteArrayList<>();

    List<String> open() {
        return List.copyOf(open);
    }

    @Override
    public LongCounterBuilder counterBuilder(String name) {
        return nothing.counterBuilder(name);
    }

    @Override
    public LongUpDownCounterBuilder upDownCounterBuilder(String name) {
        return nothing.upDownCounterBuilder(name);
    }

    @Override
    public DoubleHistogramBuilder histogramBuilder(String name) {
        return nothing.histogramBuilder(name);
    }

    @Override
    public DoubleGaugeBuilder gaugeBuilder(String name) {
        return new Doubles(name);
    }

    private final class Doubles implements DoubleGaugeBuilder {
        private final String name;

        Doubles(String name) {
            this.name = name;
        }

        @Override
        public DoubleGaugeBuilder setDescription(String description) {
            return this;
        }

        @Override
        public DoubleGaugeBuilder setUnit(String unit) {
            return this;
        }

        @Override
        public LongGaugeBuilder ofLongs() {
            return new Longs(name);
        }

        @Override
        public ObservableDoubleGauge buildWithCallback(Consumer<ObservableDoubleMeasurement> callback) {
            throw new UnsupportedOperationException("a gauge of doubles: " + name);
        }
    }

    private final class Longs implements LongGaugeBuilder {
        private final String name;

        Longs(String name) {
            this.name = name;
        }

        @Override
        public LongGaugeBuilder setDescription(String description) {
            return this;
        }

        @Override
        public LongGaugeBuilder setUnit(String unit) {
            return this;
        }

        @Override
        public ObservableLongGauge buildWithCallback(Consumer<ObservableLongMeasurement> callback) {
            open.add(name);
            return new ObservableLongGauge() {
                @Override
                public void close() {
                    open.remove(name);
                }
            };
        }
    }
}
