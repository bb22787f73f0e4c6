package org.isthmus.modeladmin;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;
import static org.junit.Assert.fail;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.isthmus.api.Code;
import org.isthmus.api.Life;
import org.isthmus.api.Refused;
import org.isthmus.model.CloudRecord;
import org.isthmus.model.Controller;
import org.isthmus.model.Credential;
import org.isthmus.model.Force;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Snapshot;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Tx;
import org.isthmus.model.engine.ModelEngine.Setting;
import org.junit.Test;

public final class ModelsTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String UUID = "6f1c0d3e-9a77-4f60-8a52-0123456789ab";
    private static final String OTHER = "7f1c0d3e-9a77-4f60-8a52-0123456789ab";

    private final Models engine = new Models();
    private Snapshot now = Snapshot.empty();

    private void does(Consumer<Tx> decision) {
        Tx tx = Tx.on(now);
        decision.accept(tx);
        now = now.applied(tx.changes());
    }

    private void refuses(Code code, String message, Consumer<Tx> decision) {
        try {
            decision.accept(Tx.on(now));
        } catch (Refused refused) {
            assertEquals(message, refused.getMessage());
            assertEquals(code, refused.problem().code());
            return;
        }
        fail("not refused: " + message);
    }

    private static ModelRecord record(boolean controllerModel, Map<String, Object> config) {
        return new ModelRecord(
                UUID,
                "prod",
                "admin",
                "iaas",
                "aws",
                "localhost",
                null,
                null,
                Life.ALIVE,
                1,
                ModelRecord.Mode.ACTIVE,
                controllerModel,
                config,
                null,
                "3.6.9",
                NOW,
                new StatusValue("available", "", NOW),
                false,
                null);
    }

    private void refusesConfig(String message, String key, Object value) {
        refuses(Code.NOT_VALID, message, tx -> engine.configure(tx, Map.of(key, value), List.of()));
    }

    @Test
    public void entriesOfModels() {
        refuses(
                Code.NOT_VALID,
                "\"Prod!\" is not a valid name: model names may only contain lowercase letters, digits and hyphens",
                tx -> engine.reserveEntry(tx, UUID, "Prod!", "admin", NOW));
        does(tx -> engine.reserveEntry(tx, UUID, "prod", "admin", NOW));
        does(tx -> engine.reserveEntry(tx, UUID, "prod", "admin", NOW));
        refuses(
                Code.ALREADY_EXISTS,
                "model \"prod\" for admin already exists",
                tx -> engine.reserveEntry(tx, OTHER, "prod", "admin", NOW));
        does(tx -> engine.reserveEntry(tx, OTHER, "prod", "bob", NOW));
        does(tx -> engine.confirmEntry(tx, UUID));
        does(tx -> engine.confirmEntry(tx, UUID));
        assertEquals("present", now.get(Kinds.MODEL_ENTRY, UUID).state());
        does(tx -> engine.markEntryRemoving(tx, UUID));
        does(tx -> engine.confirmEntry(tx, UUID));
        assertEquals("removing", now.get(Kinds.MODEL_ENTRY, UUID).state());
        does(tx -> engine.removeEntry(tx, UUID));
        does(tx -> engine.removeEntry(tx, UUID));
        does(tx -> engine.markEntryRemoving(tx, UUID));
        assertEquals(1, now.count(Kinds.MODEL_ENTRY));
    }

    @Test
    public void modelsEnd() {
        does(tx -> engine.create(tx, record(false, Map.of("development", "true"))));
        assertEquals(true, now.model().config().get("development"));
        refuses(
                Code.ALREADY_EXISTS,
                "model \"prod\" for admin already exists",
                tx -> engine.create(tx, record(false, Map.of())));
        does(tx -> engine.destroy(tx, Force.NONE, NOW));
        assertEquals(Life.DYING, now.model().life());
        assertEquals("destroying", now.model().status().status());
        does(tx -> engine.destroy(tx, Force.asked(true, null, NOW.plusSeconds(5)), NOW.plusSeconds(5)));
        assertEquals(NOW.plusSeconds(65), now.model().force().at());
        assertEquals(NOW, now.model().status().since());
        now = Snapshot.empty();
        does(tx -> engine.create(tx, record(true, Map.of())));
        refuses(
                Code.NONE,
                "cannot destroy model \"prod\": it is the controller model; use destroy-controller",
                tx -> engine.destroy(tx, new Force(NOW), NOW));
    }

    @Test
    public void modelSettingsAreTyped() {
        does(tx -> engine.create(tx, record(false, Map.of())));
        does(tx -> engine.configure(
                tx,
                Map.of(
                        "update-status-hook-interval", "2m30s",
                        "automatically-retry-hooks", "false",
                        "num-provision-workers", "4",
                        "egress-subnets", "10.0.0.0/8,192.168.0.0/16",
                        "uuid", UUID),
                List.of()));
        Setting retry = setting("automatically-retry-hooks");
        assertEquals(false, retry.value());
        assertEquals(true, retry.defaultValue());
        assertEquals("model", retry.source());
        assertEquals("default", setting("firewall-mode").source());
        assertEquals(4L, setting("num-provision-workers").value());
        assertEquals("prod", setting("name").value());
        assertTrue(setting("num-provision-workers").description().endsWith("(1 to 100 workers)"));
        does(tx -> engine.configure(tx, Map.of(), List.of("automatically-retry-hooks")));
        assertEquals(true, setting("automatically-retry-hooks").value());
        refusesConfig("unknown option \"colour\"", "colour", "red");
        refuses(Code.NOT_VALID, "unknown option \"x\"", tx -> engine.configure(tx, Map.of(), List.of("x")));
        refusesConfig("agent-version cannot be changed", "agent-version", "4.0.0");
        refusesConfig("development: expected bool, got string(\"maybe\")", "development", "maybe");
        refusesConfig("update-status-hook-interval 30s cannot be less than 1m", "update-status-hook-interval", "30s");
        refusesConfig("update-status-hook-interval 2h cannot be greater than 60m", "update-status-hook-interval", "2h");
        refusesConfig(
                "update-status-hook-interval: conversion to duration: time: invalid duration \"soon\"",
                "update-status-hook-interval",
                "soon");
        refusesConfig("firewall-mode: expected one of [instance global none], got \"half\"", "firewall-mode", "half");
        refusesConfig("num-provision-workers: expected a number from 1 to 100, got 0", "num-provision-workers", 0);
        refusesConfig("invalid subnet: invalid CIDR address: 10.0.0.1", "egress-subnets", "10.0.0.1");
        refusesConfig(
                "invalid subnet: invalid CIDR address: 999.1.1.1/999",
                "saas-ingress-allow",
                "10.0.0.0/8, 999.1.1.1/999");
    }

    private Setting setting(String name) {
        return engine.settings(now.model()).stream()
                .filter(s -> s.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    public void controllerSettingsCloudsAndCredentials() {
        now = now.with(
                Kinds.CONTROLLER, new Controller(UUID, "north", "aws", null, Map.of("api-port", 17071), "3.6.9", NOW));
        does(tx -> engine.configureController(tx, Map.of("charm-store-path", List.of("/a", "/b")), List.of()));
        assertEquals("/a,/b", now.controller().settings().get("charm-store-path"));
        List<Setting> all = engine.controllerSettings(now.controller());
        assertTrue(all.stream()
                .anyMatch(s -> s.name().equals("api-port") && s.value().equals(17071L)));
        refuses(
                Code.NOT_VALID,
                "can not change \"controller-uuid\" after bootstrap",
                tx -> engine.configureController(tx, Map.of("controller-uuid", OTHER), List.of()));
        refuses(
                Code.NOT_VALID,
                "can not change \"api-port\" after bootstrap",
                tx -> engine.configureController(tx, Map.of("api-port", 1), List.of()));
        does(tx -> engine.configureController(tx, Map.of("api-port", 17071), List.of()));
        refuses(
                Code.NOT_VALID,
                "audit-log-max-size: expected a non-negative number with optional multiplier suffix (M/G/T/P/E), got \"abc\"",
                tx -> engine.configureController(tx, Map.of("audit-log-max-size", "abc"), List.of()));
        does(tx -> engine.configureController(tx, Map.of("audit-log-max-size", "50M"), List.of()));
        refuses(
                Code.NOT_VALID,
                "unknown option \"x\"",
                tx -> engine.configureController(tx, Map.of("x", "y"), List.of()));
        CloudRecord aws = new CloudRecord("aws", "localhost", List.of("empty"), null, null, null);
        does(tx -> engine.putCloud(tx, aws, false));
        refuses(Code.ALREADY_EXISTS, "cloud \"aws\" already exists", tx -> engine.putCloud(tx, aws, false));
        refuses(
                Code.NONE,
                "cannot remove cloud \"aws\": it is the controller's cloud",
                tx -> engine.removeCloud(tx, "aws"));
        does(tx -> engine.putCredential(tx, new Credential("aws", "admin", "default", "empty", null, false)));
        refuses(
                Code.NOT_VALID,
                "credential \"d\" with auth-type \"jsonfile\" is not supported (expected one of [empty])",
                tx -> engine.putCredential(tx, new Credential("aws", "admin", "d", "jsonfile", null, false)));
        does(tx -> engine.removeCredential(tx, "aws/admin/default"));
        assertFalse(now.has(Kinds.CREDENTIAL, "aws/admin/default"));
        refuses(
                Code.NOT_FOUND,
                "credential \"aws/admin/default\" not found",
                tx -> engine.removeCredential(tx, "aws/admin/default"));
    }
}
