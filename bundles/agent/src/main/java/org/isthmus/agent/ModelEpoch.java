package org.isthmus.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The highest epoch of the model that this machine has heard of; it rises with every change of the owning controller. Kept on
 * the disk: a machine that starts again must not follow an owner that was replaced before.
 */
final class ModelEpoch {
    static final String FILE = "epoch";

    private final Path file;
    // Under this object's lock.
    private long highest;

    private ModelEpoch(Path file, long highest) {
        this.file = file;
        this.highest = highest;
    }

    /** 0 where there is no file yet. */
    static ModelEpoch in(Path machineDir) throws IOException {
        Path file = machineDir.resolve(FILE);
        if (!Files.exists(file)) {
            return new ModelEpoch(file, 0);
        }
        String text = Files.readString(file).trim();
        try {
            return new ModelEpoch(file, Long.parseLong(text));
        } catch (NumberFormatException broken) {
            throw new IOException(file + " holds no epoch: " + text, broken);
        }
    }

    synchronized long highest() {
        return highest;
    }

    /** Whether who answers with this epoch owns the model, as far as is known here. What is higher is on the disk afterwards. */
    synchronized boolean follows(long heard) throws IOException {
        if (heard > highest) {
            DurableFile.write(file, Long.toString(heard).getBytes(StandardCharsets.US_ASCII));
            highest = heard;
        }
        return heard == highest;
    }
}
