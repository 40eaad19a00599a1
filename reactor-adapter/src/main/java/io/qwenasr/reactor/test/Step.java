package io.qwenasr.reactor.test;

import java.time.Duration;
import java.util.function.Function;

/** One thing that a session does at a place of its script. */
@FunctionalInterface
interface Step {

    void play(Scene scene);

    /** Says what an utterance reads like. */
    record Say(Function<HeardUtterance, String> text) implements Step {
        @Override
        public void play(Scene scene) {
            scene.say(text);
        }
    }

    /** Puts off the steps after it. */
    record After(Duration delay) implements Step {
        @Override
        public void play(Scene scene) {}
    }
}
