package io.qwenasr.samples.localengine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WordErrorRateTest {

    @Test
    void caseAndPunctuationDoNotCount() {
        assertThat(WordErrorRate.of("Thank you; don't go!", "thank you don't go"))
                .isEqualTo(new WordErrorRate(0, 4));
    }

    @Test
    void insertionsDeletionsAndReplacementsCount() {
        assertThat(WordErrorRate.of("a b c d", "a c d")).isEqualTo(new WordErrorRate(1, 4));
        assertThat(WordErrorRate.of("a b c d", "a b x c d")).isEqualTo(new WordErrorRate(1, 4));
        assertThat(WordErrorRate.of("a b c d", "a b x d")).isEqualTo(new WordErrorRate(1, 4));
        assertThat(WordErrorRate.of("a b c d", "b x d e")).isEqualTo(new WordErrorRate(3, 4));
    }

    @Test
    void nothingUnderstoodIsAllWrong() {
        assertThat(WordErrorRate.of("a b", "").rate()).isEqualTo(1);
        assertThat(WordErrorRate.of("", "").rate()).isZero();
        assertThat(WordErrorRate.of("", "a").rate()).isInfinite();
    }

    @Test
    void countsAdd() {
        WordErrorRate both = new WordErrorRate(1, 10).plus(new WordErrorRate(2, 20));
        assertThat(both.rate()).isEqualTo(0.1);
    }
}
