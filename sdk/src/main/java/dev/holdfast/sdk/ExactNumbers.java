package dev.holdfast.sdk;

import java.math.BigDecimal;
import tools.jackson.core.JsonParser;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.util.JsonParserDelegate;

/** Refuses numbers that would become infinite, or that no BigDecimal can be. */
final class ExactNumbers extends JsonParserDelegate {
    ExactNumbers(JsonParser parser) {
        super(parser);
    }

    @Override
    public double getDoubleValue() {
        double value = super.getDoubleValue();
        if (Double.isInfinite(value)) throw outOf(double.class);
        return value;
    }

    @Override
    public float getFloatValue() {
        float value = super.getFloatValue();
        if (Float.isInfinite(value)) throw outOf(float.class);
        return value;
    }

    @Override
    public BigDecimal getDecimalValue() {
        try {
            return super.getDecimalValue();
        } catch (NumberFormatException e) {
            throw outOf(BigDecimal.class);
        }
    }

    private InputCoercionException outOf(Class<?> type) {
        return new InputCoercionException(this, "out of range", currentToken(), type);
    }
}
