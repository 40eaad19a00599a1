package io.qwenasr.reactor.captions;

import java.util.Objects;
import java.util.function.UnaryOperator;

/** Any function of texts. What it makes of a beginning need not be how what it makes of the whole begins. */
record Rewrite(UnaryOperator<String> function) implements TextRule {

    @Override
    public Reading partial(String itemId, String preview, int firm) {
        String whole = of(preview);
        return new Reading(whole, Texts.commonPrefix(of(preview.substring(0, firm)), whole));
    }

    @Override
    public String complete(String itemId, String transcript) {
        return of(transcript);
    }

    private String of(String text) {
        return Objects.requireNonNull(function.apply(text), "the function of captions returned null");
    }
}
