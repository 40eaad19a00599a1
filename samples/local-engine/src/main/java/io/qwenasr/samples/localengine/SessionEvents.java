package io.qwenasr.samples.localengine;

import io.qwenasr.ServerError;
import io.qwenasr.TranscriptionEvent;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What both kinds of turns share: making utterances, and the events at their ends. */
final class SessionEvents {

    private final Consumer<TranscriptionEvent> sink;
    private final Supplier<Decoder> decoders;
    private final @Nullable String language;
    private final boolean narrowband;
    private @Nullable String previousItem;

    SessionEvents(
            Consumer<TranscriptionEvent> sink,
            Supplier<Decoder> decoders,
            @Nullable String language,
            boolean narrowband) {
        this.sink = sink;
        this.decoders = decoders;
        this.language = language;
        this.narrowband = narrowband;
    }

    void emit(TranscriptionEvent event) {
        sink.accept(event);
    }

    Utterance begin(String itemId) {
        return new Utterance(itemId, language, decoders.get(), new Dither(narrowband), sink);
    }

    /** Commits the utterance, whose audio lies between the two samples, and emits its transcript. */
    void complete(Utterance utterance, long start, long end) {
        String id = utterance.id();
        emit(new TranscriptionEvent.Committed(id, previousItem));
        previousItem = id;
        String transcript = utterance.finish();
        utterance.close();
        emit(new TranscriptionEvent.Final(id, transcript, language, null, Pcm.duration(start), Pcm.duration(end)));
    }

    void refuse(@Nullable String code, String message) {
        emit(new TranscriptionEvent.ErrorReported(
                new ServerError(ServerError.INVALID_REQUEST, code, message, null, null)));
    }
}
