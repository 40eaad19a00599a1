package io.qwenasr.samples.webflux;

import io.qwenasr.reactor.Transcriber;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells the page what it may offer; of the service's address and key it tells nothing. */
@RestController
class ServiceController {

    /**
     * What the page is to know.
     *
     * @param description for people
     * @param languages codes that may be asked for
     */
    record Service(String description, List<String> languages) {}

    private static final Service EMBEDDED = new Service(
            "Recognised on this computer by the embedded engine, which knows US English and writes lower case without"
                    + " punctuation.",
            List.of("en"));
    private static final Service REMOTE = new Service(
            "Recognised by the Qwen-ASR-Realtime service.",
            List.of(
                    "zh", "yue", "en", "ja", "de", "ko", "ru", "fr", "pt", "ar", "it", "es", "hi", "id", "th", "tr",
                    "uk", "vi", "cs", "da", "fil", "fi", "is", "ms", "no", "pl", "sv"));

    private static final Logger log = LoggerFactory.getLogger(ServiceController.class);

    private final Service service;

    ServiceController(Transcriber transcriber, ObjectProvider<EmbeddedService> embedded) {
        this.service = embedded.getIfAvailable() == null ? REMOTE : EMBEDDED;
        log.info("transcribing with {}", transcriber);
    }

    @GetMapping("/service")
    Service service() {
        return service;
    }
}
