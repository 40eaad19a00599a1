package io.qwenasr.reactor.test;

import io.qwenasr.ServerError;
import io.qwenasr.TranscriptionEvent;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where the steps of one place are played, and which utterance they are about, if one. */
final class Scene {

    private final ScriptDirector director;
    private final Stage stage;
    private final @Nullable Item item;
    private boolean answered;

    Scene(ScriptDirector director, Stage stage, @Nullable Item item) {
        this.director = director;
        this.stage = stage;
        this.item = item;
    }

    Stage stage() {
        return stage;
    }

    void emit(TranscriptionEvent event) {
        stage.emit(event);
    }

    /** Gives the utterance its result, or says a new one if it has that. */
    void say(Function<HeardUtterance, String> text) {
        Item about = toAnswer();
        director.conclude(about, text.apply(director.heard(about)));
    }

    void failUtterance(ServerError error) {
        stage.emit(new TranscriptionEvent.Failed(toAnswer().id(), error));
    }

    private Item toAnswer() {
        if (item == null || answered) {
            return director.announce();
        }
        answered = true;
        return item;
    }
}
