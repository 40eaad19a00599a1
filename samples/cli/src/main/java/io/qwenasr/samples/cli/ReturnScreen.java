package io.qwenasr.samples.cli;

import java.util.List;

/** For terminals without escape sequences: the oldest draft is drawn over by a carriage return and spaces. */
final class ReturnScreen implements CaptionScreen {

    private static final int MARGIN = 3;

    private final Output out;
    private final TerminalInfo terminal;
    private int shown;

    ReturnScreen(Output out, TerminalInfo terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    @Override
    public int maxDrafts() {
        return 1;
    }

    @Override
    public void show(List<String> lines, List<Draft> drafts) {
        int width = terminal.width();
        String draft = drafts.isEmpty() ? "" : Columns.tail(drafts.get(0).whole(), Math.max(2, width - MARGIN));
        if (lines.isEmpty() && draft.isEmpty() && shown == 0) {
            return;
        }
        StringBuilder frame = new StringBuilder("\r");
        if (shown > 0 && (!lines.isEmpty() || Columns.width(draft) < shown)) {
            frame.append(" ".repeat(shown)).append('\r');
        }
        lines.forEach(line ->
                Columns.wrap(line, width, 0).forEach(part -> frame.append(part).append('\n')));
        out.print(frame.append(draft).toString());
        shown = Columns.width(draft);
    }
}
