package io.qwenasr.samples.localengine;

/**
 * Speech probabilities between which a frame changes from silence to speech and back.
 *
 * @param enter a frame at least this likely begins or continues speech
 * @param exit a frame less likely than this counts as silence; frames in between change nothing
 */
record VadSensitivity(float enter, float exit) {

    private static final double STEEPNESS = 2.5;
    private static final double NEUTRAL_THRESHOLD = 0.2;
    private static final float HYSTERESIS = 0.7f;

    /**
     * Maps the protocol's {@code threshold} onto Silero's probabilities.
     *
     * <p>The service does not say what its threshold means, only that lower is more sensitive and 0.2 the
     * default. Here it is a logistic curve through Silero's own default of 0.5: -1 gives 0.05, 0 gives 0.38,
     * 0.2 gives 0.5 and 1 gives 0.88.
     *
     * @param threshold -1 to 1
     */
    static VadSensitivity ofThreshold(double threshold) {
        float enter = (float) (1 / (1 + Math.exp(-STEEPNESS * (threshold - NEUTRAL_THRESHOLD))));
        return new VadSensitivity(enter, enter * HYSTERESIS);
    }
}
