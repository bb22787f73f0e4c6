package org.isthmus.cli.command;

/** A model of a controller. {@code model} is `owner/name`. */
record Target(String controller, String model, String uuid) {
    String owner() {
        return model.substring(0, Math.max(0, model.indexOf('/')));
    }

    String shortName() {
        return model.substring(model.indexOf('/') + 1);
    }

    @Override
    public String toString() {
        return controller + ":" + model;
    }
}
