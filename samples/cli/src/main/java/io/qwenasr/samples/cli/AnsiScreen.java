package io.qwenasr.samples.cli;

import java.util.List;

/**
 * For terminals: drafts lie at the bottom, each cut to one row, and are drawn over; what is tentative is dim.
 *
 * <p>A frame is written at once, ends in normal style, and leaves the cursor after the last draft.
 */
final class AnsiScreen implements CaptionScreen {

    private static final String ERASE_BELOW = "\u001b[J";
    private static final String DIM = "\u001b[2m";
    private static final String NORMAL = "\u001b[0m";

    /** Room for the ^C that the terminal echoes, and for the column at which some terminals wrap early. */
    private static final int MARGIN = 3;

    private final Output out;
    private final TerminalInfo terminal;
    private int rows;

    AnsiScreen(Output out, TerminalInfo terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    @Override
    public void show(List<String> lines, List<Draft> drafts) {
        if (lines.isEmpty() && drafts.isEmpty() && rows == 0) {
            return;
        }
        StringBuilder frame = new StringBuilder("\r");
        if (rows > 1) {
            frame.append("\u001b[").append(rows - 1).append('A');
        }
        frame.append(ERASE_BELOW);
        int width = terminal.width();
        lines.forEach(line ->
                Columns.wrap(line, width, 0).forEach(part -> frame.append(part).append('\n')));
        int limit = Math.max(2, width - MARGIN);
        for (int i = 0; i < drafts.size(); i++) {
            frame.append(i == 0 ? "" : "\n");
            draw(drafts.get(i), limit, frame);
        }
        rows = drafts.size();
        out.print(frame.toString());
    }

    private static void draw(Draft draft, int limit, StringBuilder frame) {
        String shown = Columns.tail(draft.whole(), limit);
        int tentative = Math.min(shown.length(), draft.tentative().length());
        frame.append(shown, 0, shown.length() - tentative);
        if (tentative > 0) {
            frame.append(DIM)
                    .append(shown, shown.length() - tentative, shown.length())
                    .append(NORMAL);
        }
    }
}
