package org.isthmus.cli.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Columns two spaces apart. Cells may hold colours: only what is seen counts for the width. */
public final class Table {
    private final List<List<String>> rows = new ArrayList<>();
    private final Set<Integer> right = new HashSet<>();

    public Table(String... headers) {
        rows.add(Arrays.asList(headers));
    }

    /** Aligns these columns to the right, header included. */
    public Table right(int... columns) {
        for (int column : columns) {
            right.add(column);
        }
        return this;
    }

    public Table row(String... cells) {
        rows.add(Arrays.asList(cells));
        return this;
    }

    public Table row(List<String> cells) {
        rows.add(List.copyOf(cells));
        return this;
    }

    public int size() {
        return rows.size() - 1;
    }

    @Override
    public String toString() {
        List<Integer> widths = new ArrayList<>();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                int width = seen(row.get(i));
                if (i == widths.size()) {
                    widths.add(width);
                } else if (widths.get(i) < width) {
                    widths.set(i, width);
                }
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                String cell = row.get(i) == null ? "" : row.get(i);
                String pad = " ".repeat(widths.get(i) - seen(cell));
                line.append(i == 0 ? "" : "  ").append(right.contains(i) ? pad + cell : cell + pad);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private static int seen(String cell) {
        if (cell == null) {
            return 0;
        }
        String plain = cell.indexOf('\u001b') < 0 ? cell : cell.replaceAll("\u001b\\[[0-9;]*m", "");
        return plain.codePointCount(0, plain.length());
    }
}
