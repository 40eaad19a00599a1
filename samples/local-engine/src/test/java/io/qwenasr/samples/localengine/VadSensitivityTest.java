package io.qwenasr.samples.localengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class VadSensitivityTest {

    @Test
    void theDefaultThresholdIsSilerosOwn() {
        assertThat(VadSensitivity.ofThreshold(0.2).enter()).isCloseTo(0.5f, within(1e-6f));
    }

    @Test
    void aHigherThresholdAlwaysAsksForMore() {
        float last = 0;
        for (int hundredths = -100; hundredths <= 100; hundredths++) {
            VadSensitivity sensitivity = VadSensitivity.ofThreshold(hundredths / 100.0);
            assertThat(sensitivity.enter()).isGreaterThan(last).isLessThan(0.9f);
            assertThat(sensitivity.exit()).isPositive().isLessThan(sensitivity.enter());
            last = sensitivity.enter();
        }
    }
}
