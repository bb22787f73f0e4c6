package org.isthmus.facades;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.model.ModelRecord;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Errors.WireError;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Method;
import org.isthmus.wire.Entities;
import org.isthmus.wire.ErrorResults;
import org.isthmus.wire.Listing;

/** SSH keys that may log in to a model's machines: the setting `authorized-keys`, line by line. */
@Facade(name = "KeyManager", since = 1, until = 1)
final class KeyManagerFacade {
    private static final String SETTING = "authorized-keys";
    private static final Pattern FINGERPRINT = Pattern.compile("([0-9a-f]{2}:){15}[0-9a-f]{2}");

    /** @param mode true for whole keys, false for fingerprints */
    record ListParams(Entities entities, boolean mode) {}

    record Keys(List<String> result, WireError error) {}

    record ModifyParams(String user, List<String> sshKeys) {
        ModifyParams {
            sshKeys = sshKeys == null ? List.of() : sshKeys;
        }
    }

    private static List<String> keys(ModelRecord model) {
        Object text = model.config().get(SETTING);
        return text == null
                ? List.of()
                : Arrays.stream(text.toString().split("\n"))
                        .map(String::strip)
                        .filter(l -> !l.isEmpty() && !l.startsWith("#"))
                        .toList();
    }

    /** The key's MD5 in colons; null for what is no key. */
    private static String fingerprint(String line) {
        String[] words = line.split("\\s+");
        for (int at = 0; at + 1 < words.length; at++) {
            if (words[at].startsWith("ssh-") || words[at].startsWith("ecdsa-") || words[at].startsWith("sk-")) {
                try {
                    byte[] digest = MessageDigest.getInstance("MD5")
                            .digest(Base64.getDecoder().decode(words[at + 1]));
                    return HexFormat.ofDelimiter(":").formatHex(digest);
                } catch (IllegalArgumentException notBase64) {
                    return null;
                } catch (NoSuchAlgorithmException everyJdkHasIt) {
                    throw new IllegalStateException(everyJdkHasIt);
                }
            }
        }
        return null;
    }

    private static String comment(String line) {
        String[] words = line.split("\\s+", 3);
        return words.length == 3 ? words[2] : "";
    }

    @Method(access = Access.MODEL_ADMIN)
    public Listing<Keys> listKeys(Call call, ListParams params) {
        List<String> keys = keys(call.model().snapshot().model());
        List<String> shown = new ArrayList<>();
        for (String key : keys) {
            shown.add(params.mode() ? key : fingerprint(key) + " (" + comment(key) + ")");
        }
        int askers =
                params.entities() == null ? 0 : params.entities().entities().size();
        List<Keys> results = new ArrayList<>();
        for (int i = 0; i < askers; i++) {
            results.add(new Keys(shown, null));
        }
        return new Listing<>(results);
    }

    @Method(access = Access.MODEL_ADMIN, mutates = true)
    public CompletionStage<ErrorResults> addKeys(Call call, ModifyParams params) {
        return Items.errors(call, params.sshKeys(), (each, key) -> {
            String line = key == null ? "" : key.strip();
            String print = line.contains("\n") ? null : fingerprint(line);
            if (print == null) {
                throw Problem.notValid("invalid ssh key: %s", line.substring(0, Math.min(60, line.length())));
            }
            return change(each, keys -> {
                if (keys.stream().anyMatch(k -> print.equals(fingerprint(k)))) {
                    throw Problem.refuse(Code.ALREADY_EXISTS, "duplicate ssh key: %s", line);
                }
                keys.add(line);
            });
        });
    }

    @Method(access = Access.MODEL_ADMIN, mutates = true)
    public CompletionStage<ErrorResults> deleteKeys(Call call, ModifyParams params) {
        return Items.errors(
                call,
                params.sshKeys(),
                (each, id) -> change(each, keys -> {
                    boolean print = FINGERPRINT.matcher(id).matches();
                    if (!keys.removeIf(k -> print ? id.equals(fingerprint(k)) : id.equals(comment(k)))) {
                        throw Problem.refuse(Code.NOT_FOUND, "invalid ssh key: %s", id);
                    }
                }));
    }

    private interface Change {
        void apply(List<String> keys);
    }

    private static CompletionStage<Object> change(Call call, Change change) {
        return call.controller()
                .models()
                .call(engine -> call.submit(tx -> {
                    List<String> keys = new ArrayList<>(keys(tx.now().model()));
                    change.apply(keys);
                    String text = keys.isEmpty() ? "" : String.join("\n", keys) + "\n";
                    engine.configure(tx, Map.of(SETTING, text), List.of());
                    return null;
                }));
    }
}
