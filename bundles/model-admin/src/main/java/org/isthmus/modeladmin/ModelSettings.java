package org.isthmus.modeladmin;

import java.util.Map;
import java.util.TreeMap;
import org.isthmus.api.Base;
import org.isthmus.api.Cidr;
import org.isthmus.api.Refused;
import org.isthmus.model.LogLevels;
import org.isthmus.model.ModelRecord;

/** Every setting of a model (`model-config`). */
final class ModelSettings {
    static final Schema SCHEMA = schema();

    private ModelSettings() {}

    private static Schema schema() {
        Schema s = new Schema();
        s.readOnly("name", "string", "cannot change name from the model's own", "The name of the current model");
        s.readOnly("type", "string", "cannot change type of the model's cloud", "Type of model, i.e. local, ec2");
        s.readOnly("uuid", "string", "cannot change uuid of the model", "The UUID of the model");
        s.readOnly(
                "agent-version", "string", "agent-version cannot be changed", "The desired Juju agent version to use");
        s.add("agent-metadata-url", "string", "", null, null, true, "URL of private stream");
        s.add("agent-stream", "string", "released", null, null, true, "Version of Juju to use for deploy/upgrades");
        for (String proto : new String[] {"ftp", "http", "https"}) {
            s.add(
                    "apt-" + proto + "-proxy",
                    "string",
                    "",
                    null,
                    null,
                    true,
                    "The APT " + proto + " proxy for the model");
            s.add(
                    proto + "-proxy",
                    "string",
                    "",
                    null,
                    null,
                    true,
                    "The " + proto + " proxy of instances' environment");
            s.add(
                    "juju-" + proto + "-proxy",
                    "string",
                    "",
                    null,
                    null,
                    true,
                    "The " + proto + " proxy passed to charms in their hook environment");
        }
        s.add("apt-mirror", "string", "", null, null, true, "The APT mirror for the model");
        s.add("apt-no-proxy", "string", "", null, null, true, "Domain addresses not to be proxied for APT");
        s.add("no-proxy", "string", "127.0.0.1,localhost,::1", null, null, true, "Domain addresses not to be proxied");
        s.add(
                "juju-no-proxy",
                "string",
                "127.0.0.1,localhost,::1",
                null,
                null,
                true,
                "Domain addresses not to be proxied for charms; may contain CIDRs");
        s.add("authorized-keys", "string", "", null, null, true, "Any authorized SSH public keys for the model");
        s.add(
                "automatically-retry-hooks",
                "bool",
                true,
                null,
                null,
                true,
                "Whether failed hooks should be retried automatically");
        s.add("backup-dir", "string", "", null, null, true, "Directory used to store the backup working directory");
        s.add(
                "charmhub-url",
                "string",
                "",
                null,
                null,
                true,
                "The URL of the charm store; empty means the one the controller knows");
        s.add("cloudinit-userdata", "string", "", null, null, true, "Cloud-init user-data for new machines");
        s.add("container-image-metadata-url", "string", "", null, null, true, "The URL of container image metadata");
        s.add(
                "container-inherit-properties",
                "string",
                "",
                null,
                null,
                true,
                "Properties to be copied from the host machine to new containers");
        s.add(
                "container-networking-method",
                "string",
                "",
                null,
                Schema.oneOf("container-networking-method", "", "local", "provider"),
                true,
                "Method of container networking setup");
        s.add(
                "default-base",
                "string",
                "",
                null,
                ModelSettings::wrongBase,
                true,
                "The default base of new applications");
        s.add("default-series", "string", "", null, null, true, "The default series; use default-base");
        s.add("default-space", "string", "", null, null, true, "The default network space for application endpoints");
        s.add("development", "bool", false, null, null, true, "Whether the model is in development mode");
        s.add(
                "disable-network-management",
                "bool",
                false,
                null,
                null,
                true,
                "Whether the provider should leave network management to the operator");
        s.add(
                "egress-subnets",
                "list",
                "",
                null,
                ModelSettings::wrongCidrs,
                true,
                "Source address(es) for egress traffic");
        s.add("enable-os-refresh-update", "bool", true, null, null, true, "Whether new machines update package lists");
        s.add("enable-os-upgrade", "bool", true, null, null, true, "Whether new machines upgrade packages");
        s.add("extra-info", "string", "", null, null, true, "Arbitrary user specified string data");
        s.add("fan-config", "string", "", null, null, true, "Configuration for fan networking");
        s.add(
                "firewall-mode",
                "string",
                "instance",
                null,
                Schema.oneOf("firewall-mode", "instance", "global", "none"),
                false,
                "The mode to use for network firewalling: instance, global or none");
        s.add("ignore-machine-addresses", "bool", false, null, null, true, "Whether to discard machine addresses");
        s.add("image-metadata-url", "string", "", null, null, true, "The URL of image metadata");
        s.add(
                "image-stream",
                "string",
                "released",
                null,
                null,
                true,
                "The stream to identify which image ids to search");
        s.add(
                LogLevels.SETTING,
                "string",
                LogLevels.DEFAULT,
                null,
                ModelSettings::wrongLevels,
                true,
                "Which lines of agents the model's log takes, such as <root>=WARNING;unit=DEBUG");
        s.add(
                "max-action-results-age",
                "duration",
                "336h",
                null,
                null,
                true,
                "The maximum age for action entries before they are pruned");
        s.add(
                "max-action-results-size",
                "string",
                "5G",
                null,
                ModelSettings::wrongSize,
                true,
                "The maximum size of actions");
        s.add(
                "max-status-history-age",
                "duration",
                "336h",
                null,
                null,
                true,
                "The maximum age for status history entries before they are pruned");
        s.add(
                "max-status-history-size",
                "string",
                "5G",
                null,
                ModelSettings::wrongSize,
                true,
                "The maximum size of status history");
        s.add(
                "net-bond-reconfigure-delay",
                "int",
                17L,
                "seconds",
                Schema.between("net-bond-reconfigure-delay", 0, 3600),
                true,
                "The time to sleep between ifdown and ifup when bridging");
        s.add(
                "num-container-provision-workers",
                "int",
                4L,
                "workers",
                Schema.between("num-container-provision-workers", 1, 25),
                true,
                "The number of container provisioning workers");
        s.add(
                "num-provision-workers",
                "int",
                16L,
                "workers",
                Schema.between("num-provision-workers", 1, 100),
                true,
                "The number of provisioning workers");
        s.add(
                "provisioner-harvest-mode",
                "string",
                "destroyed",
                null,
                Schema.oneOf("provisioner-harvest-mode", "all", "none", "unknown", "destroyed"),
                true,
                "What to do with unknown machines");
        s.add("proxy-ssh", "bool", false, null, null, true, "Whether SSH commands go through the API server");
        s.add(
                "resource-tags",
                "list",
                "",
                null,
                ModelSettings::wrongTags,
                true,
                "Tags to set on cloud resources, k=v k=v");
        s.add(
                "saas-ingress-allow",
                "list",
                "0.0.0.0/0,::/0",
                null,
                ModelSettings::wrongCidrs,
                true,
                "CIDRs from which consumers of offers may come");
        s.add("secret-backend", "string", "auto", null, null, true, "The name of the secret store backend");
        s.add("snap-http-proxy", "string", "", null, null, true, "The snap-centric http proxy value");
        s.add("snap-https-proxy", "string", "", null, null, true, "The snap-centric https proxy value");
        s.add("snap-store-assertions", "string", "", null, null, true, "The assertions of the snap store proxy");
        s.add("snap-store-proxy", "string", "", null, null, true, "The snap store proxy");
        s.add("snap-store-proxy-url", "string", "", null, null, true, "The URL of the snap store proxy");
        s.add("ssh-allow", "list", "0.0.0.0/0,::/0", null, ModelSettings::wrongCidrs, true, "CIDRs allowed to use ssh");
        s.add(
                "ssl-hostname-verification",
                "bool",
                true,
                null,
                null,
                true,
                "Whether SSL hostname verification is enabled");
        s.add("storage-default-block-source", "string", "", null, null, true, "The default block storage source");
        s.add("storage-default-filesystem-source", "string", "", null, null, true, "The default filesystem source");
        s.add("test-mode", "bool", false, null, null, true, "Whether the model is intended for testing");
        s.add("transmit-vendor-metrics", "bool", true, null, null, true, "Whether metrics of charms are sent");
        s.add(
                "update-status-hook-interval",
                "duration",
                "5m",
                null,
                Schema.lasting("update-status-hook-interval", "1m", "60m"),
                true,
                "How often to run the charm's update-status hook, from 1m to 60m");
        s.add("workload-storage", "string", "", null, null, true, "Cloud specific storage of containers");
        s.unused(
                "nothing is booted or installed in a machine of the clouds that are here",
                "agent-metadata-url",
                "agent-stream",
                "apt-ftp-proxy",
                "apt-http-proxy",
                "apt-https-proxy",
                "apt-mirror",
                "apt-no-proxy",
                "cloudinit-userdata",
                "container-image-metadata-url",
                "container-inherit-properties",
                "container-networking-method",
                "disable-network-management",
                "enable-os-refresh-update",
                "enable-os-upgrade",
                "fan-config",
                "ftp-proxy",
                "http-proxy",
                "https-proxy",
                "ignore-machine-addresses",
                "image-metadata-url",
                "image-stream",
                "net-bond-reconfigure-delay",
                "no-proxy",
                "num-container-provision-workers",
                "snap-http-proxy",
                "snap-https-proxy",
                "snap-store-assertions",
                "snap-store-proxy",
                "snap-store-proxy-url",
                "ssl-hostname-verification");
        s.unused("ports of machines are opened for what is exposed only", "ssh-allow", "proxy-ssh");
        s.unused(
                "there is no storage",
                "storage-default-block-source",
                "storage-default-filesystem-source",
                "workload-storage");
        s.unused("there are no actions yet", "max-action-results-age", "max-action-results-size");
        s.unused(
                "the last 4 MiB of each model's history are kept", "max-status-history-age", "max-status-history-size");
        s.unused("charms come from charm-store-path, folders and archives", "charmhub-url");
        s.unused("default-base counts", "default-series");
        s.unused("nothing here asks for it", "backup-dir", "development", "test-mode", "transmit-vendor-metrics");
        s.defaultOnly("there are no spaces", "default-space");
        s.defaultOnly("there are no secret backends", "secret-backend");
        return s;
    }

    private static String wrongBase(Object value) {
        try {
            if (!value.equals("")) {
                Base.parse((String) value);
            }
            return null;
        } catch (Refused refused) {
            return "invalid default base \"" + value + "\": " + refused.getMessage();
        }
    }

    private static String wrongCidrs(Object value) {
        if (value.equals("")) {
            return null;
        }
        for (String cidr : ((String) value).split(",")) {
            try {
                Cidr.block(cidr.trim());
            } catch (Refused malformed) {
                return "invalid subnet: " + malformed.getMessage();
            }
        }
        return null;
    }

    private static String wrongLevels(Object value) {
        try {
            LogLevels.parse((String) value);
            return null;
        } catch (Refused refused) {
            return refused.getMessage();
        }
    }

    private static String wrongSize(Object value) {
        return ((String) value).matches("[0-9]+(\\.[0-9]+)?[MGTP]?(B|iB)?")
                ? null
                : "invalid size \"" + value + "\": expected a non-negative number with optional M/G/T/P suffix";
    }

    private static String wrongTags(Object value) {
        for (String tag : ((String) value).trim().split("[ ,]+")) {
            if (tag.isEmpty()) {
                continue;
            }
            if (tag.indexOf('=') <= 0) {
                return "resource-tags: expected \"key=value\", got \"" + tag + "\"";
            }
            if (tag.startsWith("juju-")) {
                return "tag \"" + tag.substring(0, tag.indexOf('=')) + "\" uses reserved prefix \"juju-\"";
            }
        }
        return null;
    }

    /** What a model's record itself says. */
    static Map<String, Object> fixed(ModelRecord model) {
        Map<String, Object> fixed = new TreeMap<>();
        fixed.put("name", model.name());
        fixed.put("type", model.cloudType());
        fixed.put("uuid", model.uuid());
        fixed.put("agent-version", model.agentVersion());
        fixed.values().removeIf(java.util.Objects::isNull);
        return fixed;
    }
}
