package org.isthmus.wire;

import java.util.List;

/** To whom one endpoint is exposed. */
public record WireExposed(List<String> exposeToSpaces, List<String> exposeToCidrs) {}
