package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ColumnsTest {

    @Test
    void countsColumns() {
        assertThat(Columns.width("abc")).isEqualTo(3);
        assertThat(Columns.width("你好")).isEqualTo(4);
        assertThat(Columns.width("e\u0301")).isEqualTo(1);
    }

    @Test
    void cutsOnEitherSide() {
        assertThat(Columns.head("abcdef", 6)).isEqualTo("abcdef");
        assertThat(Columns.head("abcdef", 5)).isEqualTo("abcd…");
        assertThat(Columns.tail("abcdef", 5)).isEqualTo("…cdef");
        assertThat(Columns.tail("你好吗", 5)).isEqualTo("…好吗");
        assertThat(Columns.tail("你好吗", 4)).isEqualTo("…吗");
        assertThat(Columns.tail("ab\ud83d\ude00", 2)).isEqualTo("…");
    }

    @Test
    void breaksBetweenWords() {
        assertThat(Columns.wrap("short", 10, 4)).containsExactly("short");
        assertThat(Columns.wrap("the cat sat on the mat", 10, 0)).containsExactly("the cat", "sat on the", "mat");
        assertThat(Columns.wrap("a:  the cat sat on a mat over there with a hat", 30, 4))
                .containsExactly("a:  the cat sat on a mat over", "    there with a hat");
    }

    @Test
    void breaksWordsThatAreTooLong() {
        assertThat(Columns.wrap("abcdefghij", 4, 0)).containsExactly("abcd", "efgh", "ij");
        assertThat(Columns.wrap("你好吗你好", 5, 0)).containsExactly("你好", "吗你", "好");
        assertThat(Columns.wrap("x " + "y".repeat(70), 40, 8))
                .containsExactly(
                        "x",
                        " ".repeat(8) + "y".repeat(32),
                        " ".repeat(8) + "y".repeat(32),
                        " ".repeat(8) + "y".repeat(6));
    }

    @Test
    void giveUpTheIndentWhereThereIsNoRoomForIt() {
        assertThat(Columns.wrap("aaaa bbbb cccc dddd", 10, 8)).containsExactly("aaaa bbbb", "cccc dddd");
    }

    @Test
    void countsWhatATerminalMayTakeForAnEmoji() {
        assertThat(Columns.width("今天")).isEqualTo(4);
        assertThat(Columns.width("e\u0301")).isEqualTo(1);
        assertThat(Columns.width("😀")).isEqualTo(2);
        for (String emoji : List.of("✅", "⚡", "❌", "⭐", "⌚", "⏳", "⚽", "➕", "⬛")) {
            assertThat(Columns.width(emoji)).as(emoji).isEqualTo(2);
            assertThat(Columns.width(emoji + "\ufe0f")).as(emoji).isEqualTo(2);
        }
        assertThat(Columns.width("❤")).isEqualTo(1);
        assertThat(Columns.width("→☎")).as("emoji only if asked for").isEqualTo(2);
        assertThat(Columns.width("❤\ufe0f")).as("asked for as an emoji").isEqualTo(2);
        assertThat(Columns.width("صباح")).isEqualTo(4);
    }

    @Test
    void neverCutsWithinACharacter() {
        String family = "👨\u200d👩\u200d👧";
        String text = "ab" + family + "e\u0301" + "❤\ufe0f" + "🇩🇪" + "👍🏽" + "今 x";
        List<String> whole = List.of("a", "b", family, "e\u0301", "❤\ufe0f", "🇩🇪", "👍🏽", "今", " ", "x");
        for (int limit = 2; limit <= Columns.width(text) + 1; limit++) {
            String head = Columns.head(text, limit);
            String tail = Columns.tail(text, limit);
            assertThat(Columns.width(head)).isLessThanOrEqualTo(limit);
            assertThat(Columns.width(tail)).isLessThanOrEqualTo(limit);
            String begin = head.replace("…", "");
            String end = tail.replace("…", "");
            assertThat(IntStream.rangeClosed(0, whole.size()).mapToObj(i -> String.join("", whole.subList(0, i))))
                    .contains(begin);
            assertThat(IntStream.rangeClosed(0, whole.size())
                            .mapToObj(i -> String.join("", whole.subList(i, whole.size()))
                                    .stripLeading()))
                    .contains(end);
            List<String> lines = Columns.wrap(text, Math.max(6, limit), 0);
            assertThat(String.join("", lines).replace(" ", "")).isEqualTo(text.replace(" ", ""));
            assertThat(lines).allMatch(line -> !line.startsWith("\u200d") && !line.startsWith("\u0301"));
        }
    }
}
