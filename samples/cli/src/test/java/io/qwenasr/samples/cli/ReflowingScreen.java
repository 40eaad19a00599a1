package io.qwenasr.samples.cli;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A terminal that can be resized, and then breaks its lines anew, as tmux and most others do. Narrow characters only. */
final class ReflowingScreen extends OutputStream {

    private final List<StringBuilder> lines = new ArrayList<>(List.of(new StringBuilder()));
    private int width;
    private int line;
    private int offset;

    ReflowingScreen(int width) {
        this.width = width;
    }

    void resize(int columns) {
        width = columns;
    }

    @Override
    public void write(int b) {
        throw new UnsupportedOperationException("frames are written whole");
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
        String text = new String(bytes, from, length, StandardCharsets.UTF_8);
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i++);
            if (c == '\u001b') {
                int end = i + 1;
                while (!Character.isLetter(text.charAt(end))) {
                    end++;
                }
                escape(text.charAt(end), text.substring(i + 1, end));
                i = end + 1;
            } else {
                put(c);
            }
        }
    }

    private void escape(char command, String parameter) {
        switch (command) {
            case 'A' -> {
                for (int i = Integer.parseInt(parameter); i > 0; i--) {
                    up();
                }
            }
            case 'K' -> eraseRow();
            case 'J' -> {
                lines.get(line).setLength(offset);
                lines.subList(line + 1, lines.size()).clear();
            }
            default -> throw new AssertionError("unknown escape sequence " + command);
        }
    }

    /** A row that is erased does not belong any more to the line that was broken into it. */
    private void eraseRow() {
        StringBuilder shown = lines.get(line);
        int end = Math.min(shown.length(), (offset / width + 1) * width);
        if (end < shown.length()) {
            lines.add(line + 1, new StringBuilder(shown.substring(end)));
        }
        shown.setLength(offset);
        if (offset > 0 && offset % width == 0) {
            lines.add(++line, new StringBuilder());
            offset = 0;
        }
    }

    private void up() {
        if (offset >= width) {
            offset -= width;
        } else if (line > 0) {
            line--;
            offset = Math.max(0, lines.get(line).length() - 1) / width * width;
        }
    }

    private void put(char c) {
        if (c == '\r') {
            offset = Math.max(0, offset - 1) / width * width;
        } else if (c == '\n') {
            line++;
            offset = 0;
            if (line == lines.size()) {
                lines.add(new StringBuilder());
            }
        } else {
            StringBuilder shown = lines.get(line);
            shown.setLength(Math.max(shown.length(), offset + 1));
            shown.setCharAt(offset++, c);
        }
    }

    /** What is to be seen. */
    List<String> rows() {
        List<String> rows = new ArrayList<>();
        for (StringBuilder shown : lines) {
            for (int at = 0; at == 0 || at < shown.length(); at += width) {
                rows.add(shown.substring(at, Math.min(shown.length(), at + width)));
            }
        }
        return rows;
    }
}
