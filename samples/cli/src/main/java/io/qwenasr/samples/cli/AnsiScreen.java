package io.qwenasr.samples.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * For terminals: drafts lie at the bottom, each cut to one row, and are drawn over; what is tentative is dim.
 *
 * <p>A frame is written at once, ends in normal style, and leaves the cursor after the last draft.
 */
final class AnsiScreen implements CaptionScreen {

    private static final String ERASE_ROW = "\u001b[K";

    /** Not from the first row on, where some terminals, such as tmux, keep what is erased in their history. */
    private static final String ERASE_BELOW = "\u001b[J";

    private static final String DIM = "\u001b[2m";
    private static final String NORMAL = "\u001b[0m";

    /** Room for the ^C that the terminal echoes, and for the column at which some terminals wrap early. */
    private static final int MARGIN = 3;

    private final Output out;
    private final TerminalInfo terminal;
    private final boolean styled;

    /** How many columns each draft on the screen takes. */
    private List<Integer> drawn = List.of();

    AnsiScreen(Output out, TerminalInfo terminal) {
        this(out, terminal, true);
    }

    /** Not styled, it moves the cursor, and all text looks the same. */
    AnsiScreen(Output out, TerminalInfo terminal, boolean styled) {
        this.out = out;
        this.terminal = terminal;
        this.styled = styled;
    }

    @Override
    public void show(List<String> lines, List<Draft> all) {
        // What lies above the screen could not be drawn over.
        List<Draft> drafts = all.subList(Math.max(0, all.size() - Math.max(1, terminal.height() - 1)), all.size());
        if (lines.isEmpty() && drafts.isEmpty() && drawn.isEmpty()) {
            return;
        }
        StringBuilder frame = new StringBuilder("\r");
        int width = terminal.width();
        int rows = rows(width);
        if (rows > 1) {
            frame.append("\u001b[").append(rows - 1).append('A');
        }
        lines.forEach(line -> Columns.wrap(line, width, 0)
                .forEach(part -> frame.append(ERASE_ROW).append(part).append('\n')));
        int limit = Math.max(2, width - MARGIN);
        List<Integer> widths = new ArrayList<>();
        for (int i = 0; i < drafts.size(); i++) {
            frame.append(i == 0 ? "" : "\n").append(ERASE_ROW);
            widths.add(draw(drafts.get(i), limit, frame));
        }
        drawn = widths;
        out.print(frame.append(ERASE_BELOW).toString());
    }

    /** A terminal that has become narrower has broken what was drawn into more rows. */
    private int rows(int width) {
        return drawn.stream()
                .mapToInt(columns -> Math.max(1, (columns + width - 1) / width))
                .sum();
    }

    /** Returns how many columns it took. */
    private int draw(Draft draft, int limit, StringBuilder frame) {
        String shown = Columns.tail(draft.whole(), limit);
        int tentative = Math.min(shown.length(), draft.tentative().length());
        frame.append(shown, 0, shown.length() - tentative);
        if (!styled) {
            frame.append(shown, shown.length() - tentative, shown.length());
        } else if (tentative > 0) {
            frame.append(DIM)
                    .append(shown, shown.length() - tentative, shown.length())
                    .append(NORMAL);
        }
        return Columns.width(shown);
    }
}
