package io.qwenasr.samples.cli;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** As much of a terminal as the captions use: it wraps, and knows CR, LF, cursor up, erase row and below, and styles. */
final class ScreenModel extends OutputStream {

    private final int width;
    private final List<List<String>> rows = new ArrayList<>(List.of(new ArrayList<>()));
    private final ByteArrayOutputStream raw = new ByteArrayOutputStream();
    private int row;
    private int column;
    private boolean dim;

    ScreenModel(int width) {
        this.width = width;
    }

    @Override
    public void write(int b) {
        throw new UnsupportedOperationException("captions are written whole");
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        notifyAll();
        raw.write(bytes, offset, length);
        String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
        int i = 0;
        while (i < text.length()) {
            if (text.charAt(i) == '\u001b') {
                int end = i + 2;
                while (!Character.isLetter(text.charAt(end))) {
                    end++;
                }
                escape(text.charAt(end), text.substring(i + 2, end));
                i = end + 1;
            } else {
                int codePoint = text.codePointAt(i);
                put(codePoint);
                i += Character.charCount(codePoint);
            }
        }
        if (dim) {
            throw new AssertionError("a frame must end in normal style");
        }
    }

    private void escape(char command, String parameter) {
        switch (command) {
            case 'A' -> row = Math.max(0, row - Integer.parseInt(parameter));
            case 'K' -> eraseRow();
            case 'J' -> {
                eraseRow();
                while (rows.size() > row + 1) {
                    rows.remove(rows.size() - 1);
                }
            }
            case 'm' -> dim = parameter.equals("2");
            default -> throw new AssertionError("unknown escape sequence " + command);
        }
    }

    private void eraseRow() {
        List<String> cells = rows.get(row);
        cells.subList(Math.min(cells.size(), column), cells.size()).clear();
    }

    /** Dim text is shown in capitals, so that it can be told apart. */
    private void put(int codePoint) {
        if (codePoint == '\r') {
            column = 0;
            return;
        }
        if (codePoint == '\n') {
            nextRow();
            return;
        }
        int wide = Columns.width(Character.toString(codePoint));
        if (column + wide > width) {
            nextRow();
        }
        List<String> cells = rows.get(row);
        while (cells.size() < column + wide) {
            cells.add(" ");
        }
        cells.set(column, Character.toString(dim ? Character.toUpperCase(codePoint) : codePoint));
        if (wide == 2) {
            cells.set(column + 1, "");
        }
        column += wide;
    }

    private void nextRow() {
        row++;
        column = 0;
        if (row == rows.size()) {
            rows.add(new ArrayList<>());
        }
    }

    /** What is to be seen, without blanks at the ends of rows and without empty rows at the end. */
    synchronized List<String> rows() {
        List<String> seen = new ArrayList<>();
        for (List<String> cells : rows) {
            seen.add(String.join("", cells).stripTrailing());
        }
        while (!seen.isEmpty() && seen.get(seen.size() - 1).isEmpty()) {
            seen.remove(seen.size() - 1);
        }
        return seen;
    }

    synchronized String raw() {
        return raw.toString(StandardCharsets.UTF_8);
    }

    /** Waits until the rows are as wanted. */
    synchronized void await(Predicate<List<String>> wanted) {
        long deadline = System.nanoTime() + CliRun.LIMIT.toNanos();
        while (!wanted.test(rows())) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError("not what was waited for: " + rows());
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
