package io.qwenasr.samples.cli;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.reactor.captions.Captions;
import io.qwenasr.reactor.captions.Subtitles;
import reactor.core.publisher.Flux;

/** How results are written. */
enum Format {
    text("txt") {
        /** One line for each utterance that has words, in the order of speech. */
        @Override
        Flux<String> write(Flux<TranscriptionEvent> events) {
            return Captions.settled(events)
                    .filter(caption -> caption.outcome() instanceof Final f
                            && !f.transcript().isBlank())
                    .map(caption -> Text.oneLine(caption.text()) + System.lineSeparator());
        }
    },

    jsonl("jsonl") {
        /** Every event as it comes. */
        @Override
        Flux<String> write(Flux<TranscriptionEvent> events) {
            JsonLines json = new JsonLines();
            return events.map(event -> json.line(event) + System.lineSeparator());
        }
    },

    srt("srt") {
        @Override
        Flux<String> write(Flux<TranscriptionEvent> events) {
            return events.transform(Subtitles::cues).transform(Subtitles::srt);
        }
    },

    vtt("vtt") {
        @Override
        Flux<String> write(Flux<TranscriptionEvent> events) {
            return events.transform(Subtitles::cues).transform(Subtitles::webVtt);
        }
    };

    private final String extension;

    Format(String extension) {
        this.extension = extension;
    }

    /** Of a file in this format, without the full stop. */
    String extension() {
        return extension;
    }

    /** Turns the events of a session into text: whole lines or blocks, at once, on the thread of the events. */
    abstract Flux<String> write(Flux<TranscriptionEvent> events);
}
