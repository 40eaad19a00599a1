package io.qwenasr.samples.cli;

import io.qwenasr.samples.cli.CaptionScreen.Draft;
import io.qwenasr.samples.cli.ServedSession.Row;
import io.qwenasr.samples.cli.ServedSession.State;
import io.qwenasr.samples.cli.ServedSessions.Snapshot;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Sessions as rows of a terminal: the open ones, then the latest others as far as there is room. */
final class SessionTable {

    /** More are not looked at. */
    private static final int MAX_ROWS = 40;

    /** Of what is above the rows, and one that stays free. */
    private static final int OTHER_ROWS = 3;

    /** Less leaves no room for texts beside all columns. */
    private static final int WIDE = 60;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private final ZoneId zone;

    SessionTable(ZoneId zone) {
        this.zone = zone;
    }

    /** No row is wider than that many columns, and there are fewer rows than that many. */
    List<Draft> draw(Snapshot sessions, int columns, int rows) {
        boolean wide = columns >= WIDE;
        List<Draft> drawn = new ArrayList<>();
        drawn.add(new Draft(Columns.head(counts(sessions), columns), ""));
        int room = Math.min(MAX_ROWS, rows - OTHER_ROWS);
        if (room <= 0 || (sessions.open().isEmpty() && sessions.past().isEmpty())) {
            return drawn;
        }
        drawn.add(new Draft(
                "",
                Columns.head(
                        wide ? "   #  since      audio  utt  state   text" : "   #   audio  state   text", columns)));
        boolean tooMany = sessions.open().size() > room;
        List<Row> open = tooMany ? sessions.open().subList(0, room - 1) : sessions.open();
        open.forEach(row -> drawn.add(new Draft(line(row, wide, columns), "")));
        if (tooMany) {
            drawn.add(new Draft(
                    "", Columns.head("      and " + (sessions.open().size() - open.size()) + " more", columns)));
            return drawn;
        }
        sessions.past().stream()
                .limit(room - open.size())
                .forEach(row -> drawn.add(new Draft("", line(row, wide, columns))));
        return drawn;
    }

    static String counts(Snapshot sessions) {
        return "sessions: " + sessions.open().size() + " open, " + sessions.ended() + " ended"
                + (sessions.cut() == 0 ? "" : ", " + sessions.cut() + " cut") + ", " + sessions.failed()
                + " failed; " + seconds(sessions.audio()) + " of audio";
    }

    private String line(Row row, boolean wide, int columns) {
        String begin = wide
                ? String.format(
                        Locale.ROOT,
                        "%4d  %s %8s %4d  %-6s  ",
                        row.number(),
                        TIME.format(row.since().atZone(zone)),
                        seconds(row.audio()),
                        row.utterances(),
                        row.state().word())
                : String.format(
                        Locale.ROOT,
                        "%4d %7s  %-6s  ",
                        row.number(),
                        seconds(row.audio()),
                        row.state().word());
        int room = columns - Columns.width(begin);
        return room < 2 ? Columns.head(begin, columns) : begin + Columns.tail(text(row), room);
    }

    private static String text(Row row) {
        String text = Text.oneLine(row.text());
        return row.failed() == 0 || row.state() == State.FAILED
                ? text
                : "[" + row.failed() + " not transcribed] " + text;
    }

    private static String seconds(Duration audio) {
        return String.format(Locale.ROOT, "%.1f s", audio.toMillis() / 1000.0);
    }
}
