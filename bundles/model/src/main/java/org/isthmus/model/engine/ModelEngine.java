package org.isthmus.model.engine;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.isthmus.api.Constraints;
import org.isthmus.model.Annotation;
import org.isthmus.model.CloudRecord;
import org.isthmus.model.Credential;
import org.isthmus.model.Force;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Tx;

/**
 * Decides about models as wholes, the controller's settings, clouds and credentials. Owns model, controller, cloud, credential,
 * model-entry. Methods named `…Entry`, and those about controller, clouds and credentials, work on the controller's documents;
 * the others on a model's.
 */
public interface ModelEngine {
    /** Step 1 of making a model: checks the name and reserves it. Refuses with `already exists`. */
    void reserveEntry(Tx controller, String uuid, String name, String owner, Instant now);

    /** Step 2, in the new document set: the model's record. Its first admin is the access engine's. */
    void create(Tx model, ModelRecord record);

    /** Step 3: the entry becomes `present`. */
    void confirmEntry(Tx controller, String uuid);

    /** Starts removal: Dying; every application and machine follows by the life-cycle reconciler. Refuses for the controller's model. */
    void destroy(Tx model, Force force, Instant now);

    void markEntryRemoving(Tx controller, String uuid);

    void removeEntry(Tx controller, String uuid);

    /** Sets and unsets typed model settings; refuses unknown keys and read-only ones. */
    void configure(Tx model, Map<String, Object> set, List<String> reset);

    /** Every setting of a model with its schema and value, for display. */
    List<Setting> settings(ModelRecord model);

    void setConstraints(Tx model, Constraints constraints);

    void setStatus(Tx model, StatusValue status);

    void configureController(Tx controller, Map<String, Object> set, List<String> reset);

    List<Setting> controllerSettings(org.isthmus.model.Controller controller);

    void putCloud(Tx controller, CloudRecord cloud, boolean replace);

    void removeCloud(Tx controller, String name);

    void putCredential(Tx controller, Credential credential);

    void removeCredential(Tx controller, String id);

    /** Sets annotations of the thing with this tag; empty values delete keys. */
    default void annotate(Tx model, String tag, Map<String, String> changes) {
        Tx tx = model.as("model-admin");
        Annotation at = tx.get(Kinds.ANNOTATION, tag);
        Map<String, String> values = new TreeMap<>(at == null ? Map.of() : at.values());
        changes.forEach((key, value) -> {
            if (value == null || value.isEmpty()) {
                values.remove(key);
            } else {
                values.put(key, value);
            }
        });
        if (values.isEmpty()) {
            tx.remove(Kinds.ANNOTATION, tag);
        } else {
            tx.put(Kinds.ANNOTATION, new Annotation(tag, values));
        }
    }

    /** The model uses this credential (id `cloud/owner/name`) from now on. */
    default void setCredential(Tx model, String credential) {
        Tx tx = model.as("model-admin");
        tx.put(Kinds.MODEL, tx.now().model().withCredential(credential));
    }

    /**
     * One typed setting.
     *
     * @param type `string`, `int`, `bool`, `duration`, `list`
     * @param source `default`, `controller` or `model`
     * @param live true: a change takes effect at once; false: at the next start
     */
    record Setting(
            String name,
            String type,
            Object value,
            Object defaultValue,
            String source,
            String description,
            boolean live) {}
}
