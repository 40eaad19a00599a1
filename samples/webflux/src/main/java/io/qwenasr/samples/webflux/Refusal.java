package io.qwenasr.samples.webflux;

import org.springframework.http.HttpStatus;

/** The application itself says no; the message is for the user. */
final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final HttpStatus status;

    Refusal(HttpStatus status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    HttpStatus status() {
        return status;
    }
}
