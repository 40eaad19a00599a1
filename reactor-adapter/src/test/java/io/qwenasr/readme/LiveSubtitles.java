package io.qwenasr.readme;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.captions.Captions;
import io.qwenasr.reactor.captions.Subtitles;
import java.nio.file.Path;
import java.util.regex.Pattern;
import reactor.core.publisher.Flux;

/** The README's snippet about captions and subtitles, word for word. */
final class LiveSubtitles {

    private LiveSubtitles() {}

    static void run(Flux<TranscriptionEvent> transcription) {
        // readme:captions
        Pattern card = Pattern.compile("(?U)(?<!\\d)\\d(?:[\\p{Punct}\\s]{0,2}\\d){12,18}(?!\\d)");

        Flux<TranscriptionEvent> events = transcription
                .transform(Captions.redact(card, digits -> digits.replaceAll("(?U)\\d", "•")))
                .transform(Captions.localAgreement(2))
                .publish()
                .autoConnect(2);

        events.transform(Captions::boards)
                .subscribe(board -> board.current()
                        .forEach(line -> System.out.println(line.confirmed() + "[" + line.tentative() + "]")));

        events.transform(Subtitles::cues)
                .transform(Subtitles::webVtt)
                .as(Subtitles.streamTo(Path.of("live.vtt")))
                .block();
        // readme:end
    }
}
