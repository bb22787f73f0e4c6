package org.isthmus.controller;

import java.io.IOException;
import java.util.Dictionary;

/** Where the configurations of controllers are kept. */
interface ControllerConfigurations {
    void write(String uuid, Dictionary<String, Object> settings) throws IOException;

    /** No error when there is none. */
    void delete(String uuid) throws IOException;
}
