package io.qwenasr.reactor.spring;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;

/**
 * Keeps the key out of the actuator's endpoints, also where they are told to show values: by the property's name, and by
 * its value, which may come from a variable of any name.
 */
final class ApiKeySanitizer implements SanitizingFunction {

    private final @Nullable String key;

    ApiKeySanitizer(@Nullable String key) {
        this.key = key == null || key.isBlank() ? null : key;
    }

    @Override
    public SanitizableData apply(SanitizableData data) {
        String name = data.getKey().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
        return name.equals("qwenasrapikey") || holdsKey(data.getValue()) ? data.withSanitizedValue() : data;
    }

    private boolean holdsKey(@Nullable Object value) {
        return key != null && value != null && value.toString().contains(key);
    }
}
