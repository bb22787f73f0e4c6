package org.isthmus.controller;

import java.io.IOException;
import java.util.Dictionary;
import java.util.Map;

/** Where the configurations of controllers are kept. */
interface ControllerConfigurations {
    void write(String uuid, Dictionary<String, Object> settings) throws IOException;

    /** Names by UUID, of those too that the container has not taken up yet or does not serve for the moment. */
    Map<String, String> known();

    /** No error when there is none. */
    void delete(String uuid) throws IOException;
}
