package org.isthmus.apiserver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import java.util.Collection;
import java.util.Map;

/** What is wrong with parameters, in the words of whoever sent them: where, and what was expected there. */
final class Misread {
    private Misread() {}

    static String of(Exception bad) {
        if (!(bad instanceof JsonMappingException mapping)) {
            return bad instanceof JsonProcessingException at
                    ? at.getOriginalMessage()
                    : String.valueOf(bad.getMessage());
        }
        StringBuilder where = new StringBuilder();
        for (JsonMappingException.Reference step : mapping.getPath()) {
            if (step.getFieldName() == null) {
                where.append('[').append(step.getIndex()).append(']');
            } else {
                where.append(where.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        String place = where.isEmpty() ? "the parameters" : "\"" + where + "\"";
        Class<?> wanted = mapping instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
        return wanted == null ? place + " cannot be read" : place + " must be " + kind(wanted);
    }

    private static String kind(Class<?> type) {
        if (Collection.class.isAssignableFrom(type)) {
            return "a list";
        }
        if (type == String.class) {
            return "a string";
        }
        if (type == Boolean.class || type == boolean.class) {
            return "true or false";
        }
        if (Number.class.isAssignableFrom(type) || type.isPrimitive()) {
            return "a number";
        }
        if (java.time.temporal.Temporal.class.isAssignableFrom(type)) {
            return "a time";
        }
        return Map.class.isAssignableFrom(type) || type.isRecord() ? "an object" : "something else";
    }
}
