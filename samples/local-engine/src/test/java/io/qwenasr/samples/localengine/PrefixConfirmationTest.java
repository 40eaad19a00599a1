package io.qwenasr.samples.localengine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PrefixConfirmationTest {

    private final PrefixConfirmation confirmation = new PrefixConfirmation(100);

    @Test
    void aWordIsConfirmedOnceItStayedLongEnough() {
        update("go", 0, "", "go");
        update("go for", 50, "", "go for");
        update("go forward", 99, "", "go forward");
        update("go forward ten", 100, "go", " forward ten");
        update("go forward ten", 199, "go forward", " ten");
        update("go forward ten", 200, "go forward ten", "");
    }

    @Test
    void aChangedWordUnsettlesThoseAfterIt() {
        update("a b c", 0, "", "a b c");
        update("a x c", 90, "", "a x c");
        update("a x c", 100, "a", " x c");
        update("a x c", 189, "a", " x c");
        update("a x c", 190, "a x c", "");
    }

    @Test
    void whatIsConfirmedStaysThoughTheRecogniserThinksBetterOfIt() {
        update("a b", 0, "", "a b");
        update("a b", 100, "a b", "");
        update("x b c", 150, "a b", " c");
        update("x b c", 500, "a b", " c");
        update("", 510, "a b", "");
        update("a b c", 520, "a b", " c");
        update("a b c", 620, "a b c", "");
    }

    @Test
    void textOnlyEverGrowsByWholeWords() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        PrefixConfirmation subject = new PrefixConfirmation(3);
        String last = "";
        for (int position = 0; position < 5_000; position++) {
            StringBuilder words = new StringBuilder();
            for (int i = 0; i < position / 100; i++) {
                words.append(i == 0 ? "" : " ").append(random.nextInt(40) == 0 ? "changed" : "word" + i);
            }
            subject.update(words.toString(), position);
            String text = subject.text();
            assertThat(text).startsWith(last);
            assertThat(text + subject.stash()).doesNotContain("  ").isEqualTo((text + subject.stash()).strip());
            last = text;
        }
        assertThat(last).isNotEmpty();
    }

    private void update(String hypothesis, long position, String text, String stash) {
        confirmation.update(hypothesis, position);
        assertThat(confirmation.text()).isEqualTo(text);
        assertThat(confirmation.stash()).isEqualTo(stash);
    }
}
