package io.qwenasr.reactor.spring;

import java.util.Locale;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;

/** Keeps the key out of the actuator's endpoints, also where they are told to show values. */
final class ApiKeySanitizer implements SanitizingFunction {

    @Override
    public SanitizableData apply(SanitizableData data) {
        String name = data.getKey().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
        return name.equals("qwenasrapikey") ? data.withSanitizedValue() : data;
    }
}
