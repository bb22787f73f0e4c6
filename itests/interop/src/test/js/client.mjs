// Canonical's own JavaScript client through a day's work: models, a local charm, a relation, an offer and its consumer.
// node client.mjs HOST:PORT USER PASSWORD MODEL SOURCE.zip SINK.zip
import { readFileSync } from "node:fs";
import websocket from "websocket";
import { connectAndLogin } from "@canonical/jujulib";
import AllWatcher from "@canonical/jujulib/dist/api/facades/all-watcher/index.js";
import Application from "@canonical/jujulib/dist/api/facades/application/index.js";
import ApplicationOffers from "@canonical/jujulib/dist/api/facades/application-offers/index.js";
import Charms from "@canonical/jujulib/dist/api/facades/charms/index.js";
import Client from "@canonical/jujulib/dist/api/facades/client/index.js";
import Cloud from "@canonical/jujulib/dist/api/facades/cloud/index.js";
import ModelManager from "@canonical/jujulib/dist/api/facades/model-manager/index.js";

const [host, username, password, name, sourceZip, sinkZip] = process.argv.slice(2);
const credentials = { username, password };
const options = (facades) => ({ facades, wsclass: websocket.w3cwebsocket });
const seen = {};

/** Fails with the first item's error. */
function fine(answer) {
  for (const result of answer.results ?? []) {
    if (result.error) {
      throw new Error(result.error.message);
    }
  }
  return answer;
}

async function upload(uuid, file) {
  const answer = await fetch(`https://${host}/model/${uuid}/charms?series=jammy&schema=local`, {
    method: "POST",
    headers: {
      "Content-Type": "application/zip",
      Authorization: "Basic " + Buffer.from(`user-${username}:${password}`).toString("base64"),
    },
    body: readFileSync(file),
  });
  return (await answer.json())["charm-url"];
}

async function deploy(model, application, charm) {
  fine(await model.application.deploy({
    applications: [{
      application,
      "charm-url": charm,
      "charm-origin": { source: "local", type: "charm", architecture: "amd64", base: { name: "ubuntu", channel: "22.04" } },
      channel: "",
      "num-units": 1,
      config: {},
      "config-yaml": "",
      constraints: {},
      placement: [],
      policy: "",
      storage: {},
      "attach-storage": [],
      devices: {},
      "endpoint-bindings": {},
      resources: {},
    }],
  }));
}

const controller = await connectAndLogin(`wss://${host}/api`, options([ModelManager, Cloud, ApplicationOffers]), credentials);
const { modelManager, cloud, applicationOffers } = controller.conn.facades;
const identity = controller.conn.info.user.identity;
seen.server = controller.conn.info.serverVersion;
seen.identity = identity;
seen.clouds = Object.keys((await cloud.clouds()).clouds);

async function makeModel(modelName) {
  const made = await modelManager.createModel({
    name: modelName,
    "owner-tag": identity,
    config: {},
    "cloud-tag": "cloud-localhost",
    credential: "",
    region: "",
  });
  const connection = await connectAndLogin(
    `wss://${host}/model/${made.uuid}/api`,
    options([AllWatcher, Application, Charms, Client]),
    credentials,
  );
  return { made, connection, ...connection.conn.facades };
}

const near = await makeModel(name);
seen.made = near.made.name;
seen.models = (await modelManager.listModels({ tag: identity }))["user-models"].map((entry) => entry.model.name);
seen.status = (await near.client.fullStatus({ patterns: [] })).model.name;

// The stream of changes: everything first, then what changes, until a condition holds.
const { "watcher-id": watcher } = await near.client.watchAll();
const known = {};
async function until(condition, what) {
  const late = setTimeout(() => {
    console.error(`never: ${what}`);
    console.error(JSON.stringify(known));
    process.exit(1);
  }, 120_000);
  while (!condition()) {
    for (const [kind, change, delta] of (await near.allWatcher.next({ id: watcher })).deltas) {
      const id = delta.name ?? delta["offer-name"] ?? delta.key ?? delta["charm-url"] ?? delta.id ?? "";
      known[kind] ??= {};
      if (change === "remove") {
        delete known[kind][id];
      } else {
        known[kind][id] = delta;
      }
    }
  }
  clearTimeout(late);
}

const sinkCharm = await upload(near.made.uuid, sinkZip);
const sourceCharm = await upload(near.made.uuid, sourceZip);
seen.charm = (await near.charms.charmInfo({ url: sinkCharm })).meta.requires.link.interface;
await deploy(near, "source", sourceCharm);
await deploy(near, "sink", sinkCharm);
const related = await near.application.addRelation({ endpoints: ["sink", "source:link"], "via-cidrs": [] });
seen.related = Object.keys(related.endpoints).sort();
await until(() => known.unit?.["sink/0"]?.["workload-status"]?.message === "hey ping", "sink/0 repeats the word");
fine(await near.application.setConfigs({ Args: [{ application: "sink", generation: "", config: { greeting: "hello" }, "config-yaml": "" }] }));
await until(() => known.unit["sink/0"]["workload-status"].message === "hello ping", "sink/0 greets otherwise");
const status = await near.client.fullStatus({ patterns: [] });
seen.applications = Object.keys(status.applications).sort();
seen.units = Object.values(status.applications).flatMap((a) => Object.keys(a.units)).sort();
seen.relations = status.relations.map((relation) => relation.key);

fine(await applicationOffers.offer({
  Offers: [{
    "model-tag": `model-${near.made.uuid}`,
    "offer-name": "shared",
    "application-name": "source",
    "application-description": "",
    endpoints: { link: "link" },
    "owner-tag": identity,
  }],
}));
await until(() => known.applicationOffer?.shared, "the offer is in the stream");
const url = `${username}/${name}.shared`;
const found = await applicationOffers.findApplicationOffers({
  Filters: [{
    "owner-name": username, "model-name": name, "offer-name": "", "application-name": "", "application-description": "",
    "application-user": "", endpoints: [], "connected-users": [], "allowed-users": [],
  }],
});
seen.found = found.results.map((offer) => [offer["offer-url"], offer["application-name"], offer.endpoints.map((e) => e.role)]);

const far = await makeModel(`${name}-far`);
await deploy(far, "sink", await upload(far.made.uuid, sinkZip));
const { results: [details] } = fine(await applicationOffers.getConsumeDetails({
  "offer-urls": { "offer-urls": [url], "bakery-version": 3 },
  "user-tag": "",
}));
fine(await far.application.consume({
  args: [{
    ...details.offer,
    macaroon: details.macaroon,
    "external-controller": details["external-controller"],
    "application-alias": "there",
  }],
}));
await far.application.addRelation({ endpoints: ["sink", "there"], "via-cidrs": [] });
await until(() => known.applicationOffer.shared["active-connected-count"] === 1, "the offer is in use");
for (;;) {
  const now = await far.client.fullStatus({ patterns: [] });
  const message = now.applications.sink.units?.["sink/0"]?.["workload-status"].info;
  if (message === "hey ping") {
    const saas = now["remote-applications"].there;
    seen.saas = [saas["offer-url"], saas.status.status, Object.keys(saas.relations)];
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
}
await near.allWatcher.stop({ id: watcher });

seen.unknown = await near.application.destroyRelation({ endpoints: ["sink:nothing", "source:link"] }).then(() => "", String);
near.connection.logout();
far.connection.logout();
controller.logout();

seen.refused = "";
try {
  await connectAndLogin(`wss://${host}/api`, options([]), { username, password: "wrong" });
} catch (error) {
  seen.refused = String(error.message ?? error);
}
console.log(JSON.stringify(seen));
process.exit(0);
