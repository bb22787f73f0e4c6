package org.isthmus.controller;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Hashtable;
import java.util.Properties;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class ConfigurationFileTest {
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void whatIsWrittenIsReadAsProperties() throws Exception {
        Hashtable<String, Object> settings = new Hashtable<>();
        settings.put("uuid", "u-1");
        settings.put("name", "crossing-models");
        Path file = folder.getRoot().toPath().resolve("etc/org.isthmus.controller~u-1.cfg");
        ConfigurationFile.write(file, settings);
        Properties read = new Properties();
        try (var in = Files.newInputStream(file)) {
            read.load(in);
        }
        assertEquals("crossing-models", read.get("name"));
        assertEquals("u-1", read.get("uuid"));
        assertFalse(Files.exists(file.resolveSibling(file.getFileName() + ".new")));
    }
}
