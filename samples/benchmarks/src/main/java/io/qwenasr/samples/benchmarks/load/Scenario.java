package io.qwenasr.samples.benchmarks.load;

import java.util.Map;

/** Something to put a client through. */
interface Scenario {

    /** All of them, by name. */
    Map<String, Scenario> ALL = Map.of(
            "full-speed", new FullSpeed(),
            "file", new WholeFile(),
            "real-time", new RealTime(),
            "idle", new Idle(),
            "stalled", new Stalled(),
            "slow", new SlowSubscriber());

    Figures run(Bench bench, Params params) throws Exception;
}
